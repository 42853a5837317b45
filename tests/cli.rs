//! The program as a user runs it: exit codes, streams of output, help.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const DEMO: [&str; 2] = ["corpus/demo/old/source-bookshop", "corpus/demo/new/source-bookshop"];

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_connector-diff"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("NO_COLOR")
        .output()
        .expect("the program runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn code(arguments: &[&str]) -> i32 {
    run(arguments).status.code().expect("an exit code")
}

#[test]
fn exit_codes() {
    let [old, new] = DEMO;
    assert_eq!(code(&["check", old, old]), 0);
    assert_eq!(code(&["check", old, new]), 1);
    assert_eq!(code(&["check", old, new, "--fail-on", "never"]), 0);
    assert_eq!(code(&["check", old]), 2);
    assert_eq!(code(&["check", old, new, "--format", "xml"]), 2);
    assert_eq!(code(&["check", old, "no/such/side"]), 3);
    assert_eq!(code(&["check", old, "no/such/side", "--fail-on", "never"]), 3);
    assert_eq!(code(&["explain", "no-such-rule"]), 2);
    assert_eq!(code(&["snapshot", "no/such/side"]), 3);
}

#[test]
fn limits_are_set_by_name_wherever_sides_are_read() {
    let [old, new] = DEMO;
    for arguments in [
        vec!["check", old, new],
        vec!["snapshot", new],
        vec!["graph", new],
        vec!["includes", "docs/report.schema.json", "docs/report.schema.json"],
    ] {
        let with = |limit| [arguments.as_slice(), &["--limit", limit]].concat();
        let wrong = run(&with("inputsize=1GiB"));
        let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
        assert_eq!(wrong.status.code(), Some(2), "{arguments:?}: {said}");
        let expected = "there is no limit inputsize; did you mean input-size? Expected input-size (";
        assert!(said.contains(expected), "{arguments:?}: {said}");
        assert_eq!(code(&with("input-size=10")), 3, "{arguments:?}");
        // Of one that is set twice the last counts.
        let raised = [with("input-size=10").as_slice(), &["--limit", "input-size=1GiB"]].concat();
        assert_eq!(code(&raised), code(&arguments), "{arguments:?}");
    }
}

#[test]
fn the_readme_shows_the_real_output() {
    let readme = include_str!("../README.md");
    let shown =
        readme.split_once("```text\n").and_then(|(_, rest)| rest.split_once("```")).expect("a text block").0;
    assert_eq!(shown, stdout(&run(&["check", DEMO[0], DEMO[1]])));
}

#[test]
fn a_declared_break_passes_and_a_scope_that_is_too_small_does_not() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let declared = |name: &str, scope: &str| {
        let text = std::fs::read_to_string(Path::new(DEMO[1]).join("metadata.yaml")).expect("the demo");
        let entry = format!(
            "  releases:\n    breakingChanges:\n      2.0.0:\n        message: x\n        upgradeDeadline: 2030-01-01\n{scope}"
        );
        let path = folder.path().join(name);
        std::fs::write(&path, text.replace("1.5.0", "2.0.0") + &entry).expect("a temporary file");
        path.display().to_string()
    };
    let everyone = declared("everyone.yaml", "");
    let scoped = declared(
        "scoped.yaml",
        "        scopedImpact:\n          - scopeType: stream\n            impactedScopes: [orders, reviews]\n",
    );
    let [old, new] = DEMO;
    assert_eq!(code(&["check", old, new, "--new-metadata", &everyone]), 0);
    let output = run(&["check", old, new, "--new-metadata", &scoped]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("meta-scope-with-global-finding"), "{}", stdout(&output));
    assert_eq!(code(&["check", old, new, "--new-metadata", &everyone, "--fail-on", "breaking"]), 1);
}

#[test]
fn colour_only_where_it_is_wanted() {
    let [old, new] = DEMO;
    assert!(!stdout(&run(&["check", old, new])).contains('\u{1b}'), "a pipe gets plain text");
    assert!(stdout(&run(&["check", old, new, "--color", "always"])).contains('\u{1b}'));
    assert!(!stdout(&run(&["check", old, new, "--color", "never"])).contains('\u{1b}'));
}

#[test]
fn reports_go_to_files_whole() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let json = folder.path().join("report.json");
    let markdown = folder.path().join("report.md");
    let [old, new] = DEMO;
    let arguments = [format!("json={}", json.display()), format!("markdown={}", markdown.display())];
    let output = run(&["check", old, new, "--output", &arguments[0], "--output", &arguments[1]]);
    assert!(output.stdout.is_empty(), "everything went to files");
    let report: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(json).expect("the report")).expect("JSON");
    assert_eq!(report["connectors"][0]["verdict"]["outcome"], "breaking");
    assert!(
        std::fs::read_to_string(markdown)
            .expect("the report")
            .starts_with("<!-- connector-diff:source-bookshop")
    );
    assert_eq!(
        std::fs::read_dir(folder.path()).expect("the folder").count(),
        2,
        "nothing half-written is left"
    );
    let nowhere = format!("json={}", folder.path().join("no/such/folder/x.json").display());
    assert_eq!(code(&["check", old, new, "--output", &nowhere]), 3);
}

#[test]
fn the_same_bytes_for_any_number_of_threads() {
    let [old, new] = DEMO;
    let one = run(&["check", old, new, "--format", "json", "--threads", "1"]).stdout;
    for threads in ["2", "7"] {
        assert_eq!(one, run(&["check", old, new, "--format", "json", "--threads", threads]).stdout);
    }
}

#[test]
fn a_mistyped_rule_gets_a_suggestion() {
    let output = run(&["explain", "field-type-change"]);
    let message = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(message.contains("Did you mean field-type-changed?"), "{message}");
}

#[test]
fn snapshots_print_what_the_protocol_would() {
    let catalog: serde_json::Value =
        serde_json::from_str(&stdout(&run(&["snapshot", DEMO[0], "--artifact", "catalog"]))).expect("JSON");
    let names: Vec<&str> =
        catalog["streams"].as_array().expect("streams").iter().filter_map(|s| s["name"].as_str()).collect();
    assert_eq!(names, ["books", "orders", "reviews"]);
    assert_eq!(catalog["streams"][1]["source_defined_primary_key"], serde_json::json!([["id"]]));
    assert_eq!(catalog["streams"][1]["default_cursor_field"], serde_json::json!(["updated_at"]));
    let zip = &catalog["streams"][1]["json_schema"]["properties"]["ship_to"]["properties"]["zip"]["type"];
    assert_eq!(*zip, serde_json::json!(["integer", "null"]));
    let spec: serde_json::Value =
        serde_json::from_str(&stdout(&run(&["snapshot", DEMO[0], "--artifact", "spec"]))).expect("JSON");
    assert_eq!(spec["connectionSpecification"]["required"], serde_json::json!(["api_key", "start_date"]));
}

/// A manifest with one stream, under a folder of its own.
fn manifest(folder: &Path, name: &str, edit: impl Fn(String) -> String) -> String {
    let text = "version: 6.48.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [orders]}
definitions:
  requester: {type: HttpRequester, url_base: https://lantern.test/api, path: orders}
streams:
  - type: DeclarativeStream
    name: orders
    primary_key: id
    retriever:
      type: SimpleRetriever
      requester: {$ref: '#/definitions/requester'}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
    schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}
spec:
  type: Spec
  connection_specification: {type: object, properties: {api_key: {type: string}}}
";
    let path = folder.join(name).join("manifest.yaml");
    fs::create_dir_all(path.parent().expect("a folder")).expect("a temporary folder");
    fs::write(&path, edit(text.to_owned())).expect("a temporary file");
    folder.join(name).display().to_string()
}

#[test]
fn a_rewrite_is_held_to_equivalence() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let side = |name: &str, edit: &dyn Fn(String) -> String| manifest(folder.path(), name, edit);
    let old = side("old", &|text| text);
    let written_out = side("written-out", &|text| {
        let inline = "{type: HttpRequester, url_base: https://lantern.test/api, path: orders}";
        text.replace("{$ref: '#/definitions/requester'}", inline)
    });
    let ask = |old: &str, new: &str| run(&["check", "--equivalent", old, new]);
    let same = ask(&old, &written_out);
    assert_eq!((same.status.code(), stdout(&same).contains("equivalent: nothing above")), (Some(0), true));
    let elsewhere = side("elsewhere", &|text| text.replace("lantern.test/api", "lantern.test/v2"));
    let other = ask(&old, &elsewhere);
    assert_eq!(other.status.code(), Some(1));
    assert!(stdout(&other).contains("not equivalent: 1 finding"), "{}", stdout(&other));
    // A catalog that was captured from the old version, against the manifest.
    let catalog = folder.path().join("captured").join("catalog.json");
    fs::create_dir_all(catalog.parent().expect("a folder")).expect("a temporary folder");
    fs::write(&catalog, stdout(&run(&["snapshot", "--artifact", "catalog", &old])))
        .expect("a temporary file");
    let spec = catalog.with_file_name("spec.json");
    fs::write(&spec, stdout(&run(&["snapshot", "--artifact", "spec", &old]))).expect("a temporary file");
    let captured = catalog.parent().expect("a folder").display().to_string();
    assert_eq!(ask(&captured, &written_out).status.code(), Some(0));
    let keyless = side("keyless", &|text| text.replace("    primary_key: id\n", ""));
    assert_eq!(ask(&captured, &keyless).status.code(), Some(1));
    // What a side does not show is no proof.
    fs::remove_file(&spec).expect("written above");
    let unknown = ask(&captured, &written_out);
    assert_eq!(unknown.status.code(), Some(3));
    assert!(stdout(&unknown).contains("the spec cannot be seen whole"), "{}", stdout(&unknown));
}

#[test]
fn the_graph_in_every_form() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let side = manifest(folder.path(), "side", |text| text);
    let graph = |arguments: &[&str]| {
        let mut all = vec!["graph", &side];
        all.extend(arguments);
        run(&all)
    };
    insta::assert_snapshot!("graph_mermaid", stdout(&graph(&[])));
    insta::assert_snapshot!("graph_dot", stdout(&graph(&["--format", "dot", "--stream", "orders"])));
    insta::assert_snapshot!("graph_json", stdout(&graph(&["--format", "json"])).replace(&side, "SIDE"));
    let picture = stdout(&graph(&["--format", "svg"]));
    assert!(picture.starts_with("<?xml") && picture.contains("/definitions/requester"), "{picture}");
    assert_eq!(picture, stdout(&graph(&["--format", "svg", "--stream", "orders"])), "the only stream");
    let mistyped = graph(&["--stream", "order"]);
    assert_eq!(mistyped.status.code(), Some(2));
    let message = String::from_utf8_lossy(&mistyped.stderr).into_owned();
    assert!(message.contains("there is no stream order; did you mean orders?"), "{message}");
}

#[test]
fn help_and_generated_texts() {
    insta::assert_snapshot!(stdout(&run(&["--help"])));
    insta::assert_snapshot!(stdout(&run(&["explain", "field-format-added"])));
    assert!(stdout(&run(&["rules"])).lines().count() > 100);
    assert!(stdout(&run(&["completions", "bash"])).contains("connector-diff"));
    assert!(stdout(&run(&["man"])).contains(".TH"));
    assert!(stdout(&run(&["schema"])).contains("\"connector-diff report\""));
}

#[test]
fn a_policy_file_sets_levels_and_leaves_out() {
    let [old, new] = DEMO;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("policy.toml");
    let write = |text: &str| std::fs::write(&path, text).expect("the policy file");
    let policy = path.to_str().expect("UTF-8");
    let report = |arguments: &[&str]| -> serde_json::Value {
        let output = run(&[&["check", old, new, "--format", "json", "--config", policy], arguments].concat());
        serde_json::from_str(&stdout(&output)).expect("JSON")
    };
    write(
        "[rules]\nspec-enum-value-removed = \"review\"\nfield-type-widened-to-string = \"safe\"\n\
         [ignore]\nstreams = [\"rev*\"]\n",
    );
    let all = report(&[]);
    let connector = &all["connectors"][0];
    assert_eq!(connector["verdict"]["outcome"], "review");
    assert_eq!(connector["verdict"]["required_bump"], "minor");
    assert_eq!(connector["summary"]["ignored"], 1);
    let set: Vec<&serde_json::Value> = connector["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|finding| &finding["policy"])
        .collect();
    assert!(set.iter().any(|by| by.as_str().is_some_and(|by| by.ends_with("policy.toml:2"))), "{set:?}");
    assert_eq!(code(&["check", old, new, "--config", policy, "--fail-on", "breaking"]), 0);

    write("[rules]\nmeta-bump-too-small = \"warning\"\nmeta-breaking-entry-missing = \"warning\"\n");
    let problems = report(&[])["connectors"][0]["problems"].clone();
    let problems = problems.as_array().expect("problems");
    assert_eq!(problems.len(), 2, "{problems:?}");
    for (problem, (rule, line)) in problems
        .iter()
        .zip([("meta-bump-too-small", "policy.toml:2"), ("meta-breaking-entry-missing", "policy.toml:3")])
    {
        assert_eq!((&problem["rule"], &problem["level"]), (&rule.into(), &"warning".into()));
        assert!(problem["policy"].as_str().is_some_and(|by| by.ends_with(line)), "{problem}");
    }
    let text = stdout(&run(&["check", old, new, "--config", policy]));
    assert!(text.contains("warning[meta-bump-too-small]") && text.contains("policy.toml:2"), "{text}");
    assert_eq!(code(&["check", old, new, "--config", policy]), 1, "a break without an entry is not declared");

    write("fail-on = \"never\"\n[connectors.source-bookshop]\nfail-on = \"review\"\n");
    assert_eq!(code(&["check", old, new, "--config", policy]), 1, "the section wins");
    assert_eq!(
        code(&["check", old, new, "--config", policy, "--fail-on", "never"]),
        0,
        "the command line wins"
    );

    write("[ignore]\nstreams = [\"*\"]\n[switches]\nremoval = \"gone\"\n");
    let output = run(&["check", old, new, "--config", policy]);
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(
        message.contains("policy.toml:4: expected one of breaking, review, safe, cosmetic, found \"gone\""),
        "{message}"
    );
    assert_eq!(code(&["check", old, new, "--config", "no/such/policy.toml"]), 2);
}

#[test]
fn the_policy_is_shown_with_where_it_was_set() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(
        folder.path().join(".connector-diff.toml"),
        "fail-on = \"review\"\n[switches]\nremoval = \"review\"\n[rules]\nfield-removed = \"safe\"\n\
         [ignore]\nfields = [\"users/raw*\"]\n[connectors.source-x]\nrules = {stream-removed = \"breaking\"}\n",
    )
    .expect("the policy file");
    let below = folder.path().join("a/b");
    std::fs::create_dir_all(&below).expect("folders");
    let output = Command::new(env!("CARGO_BIN_EXE_connector-diff"))
        .args(["config", "--name", "source-x"])
        .current_dir(&below)
        .output()
        .expect("the program runs");
    let root = folder.path().canonicalize().expect("a path").display().to_string();
    insta::with_settings!({filters => vec![(r"# \d+ rules", "# N rules")]}, {
        insta::assert_snapshot!(stdout(&output).replace(&format!("{root}/"), ""));
    });
}

#[cfg(unix)]
#[test]
fn a_policy_that_cannot_be_read_is_not_taken_for_none() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(".connector-diff.toml");
    let message = || {
        let output = Command::new(env!("CARGO_BIN_EXE_connector-diff"))
            .args(["config"])
            .current_dir(folder.path())
            .output()
            .expect("the program runs");
        (output.status.code(), String::from_utf8(output.stderr).expect("UTF-8"))
    };
    std::os::unix::fs::symlink("nowhere.toml", &path).expect("a link");
    let (code, said) = message();
    assert!(code == Some(2) && said.contains(".connector-diff.toml: expected a file"), "{said}");
    std::fs::write(folder.path().join("nowhere.toml"), "fail-on = \"review\"\n").expect("a policy");
    assert_eq!(message(), (Some(0), String::new()), "a link to a policy is one");
    std::fs::remove_file(&path).expect("the link goes");
    std::fs::create_dir(&path).expect("a folder");
    let (code, said) = message();
    assert!(code == Some(2) && said.contains("expected a file, found a folder"), "{said}");
    std::fs::remove_dir(&path).expect("the folder goes");
    assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo runs").success());
    let (code, said) = message();
    assert!(code == Some(2) && said.contains("expected a file, found a pipe or a device"), "{said}");
}

#[test]
fn includes_answers_with_a_proof_a_witness_or_a_reason() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a schema");
        path.to_str().expect("UTF-8").to_owned()
    };
    let narrow = write("narrow.json", r#"{"type": "string", "pattern": "^https://"}"#);
    let wide = write("wide.json", r#"{"type": "string", "pattern": "^https?://"}"#);
    let around = write("around.json", r#"{"type": "string", "pattern": "^(?=.*[0-9]).{8,}$"}"#);
    let answer = |a: &str, b: &str| -> (i32, serde_json::Value) {
        let output = run(&["includes", a, b, "--format", "json"]);
        let value = serde_json::from_str(&stdout(&output)).expect("JSON");
        (output.status.code().expect("an exit code"), value)
    };
    let (code_of, value) = answer(&narrow, &wide);
    assert_eq!((code_of, &value["result"]), (0, &"included".into()));
    let (code_of, value) = answer(&wide, &narrow);
    assert_eq!((code_of, &value["result"]), (1, &"not-included".into()));
    assert_eq!(value["witness"], "http://");
    let further = write("further.json", r#"{"type": "string", "pattern": "^(?=.*[0-9a-z]).{8,}$"}"#);
    let (code_of, value) = answer(&around, &further);
    assert_eq!(code_of, 3, "{value}");
    assert_eq!(value["result"], "unknown");
    assert!(value["reason"].as_str().is_some_and(|reason| reason.contains("look-ahead")), "{value}");

    for (schema, place) in [
        (r#"{"properties": {"a": {"type": 5}}}"#, "/properties/a/type"),
        (r#"{"properties": []}"#, "/properties"),
        (r#"{"items": {"pattern": "(a"}}"#, "/items/pattern"),
        (r##"{"$ref": "#/definitions/x"}"##, "/$ref"),
        (r#"{"$ref": "https://example.com/x.json"}"#, "/$ref"),
        (r#"{"allOf": [true, "x"]}"#, "/allOf/1"),
        (r#"{"maxLength": null}"#, "/maxLength"),
        ("[]", "the root"),
    ] {
        let broken = write("broken.json", schema);
        let output = run(&["includes", &narrow, &broken]);
        assert_eq!(output.status.code(), Some(3), "{schema}");
        let message = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(message.contains(&format!("broken.json: at {place}: ")), "{message}");
    }
    assert_eq!(code(&["includes", &narrow, "no/such/file.json"]), 3);
}

#[test]
fn nothing_of_a_sample_config_is_printed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("UTF-8").to_owned()
    };
    let spec = |more: &str| {
        format!(
            r#"{{"connectionSpecification": {{"type": "object", "properties": {{"m": {{"type": "object"{more}}}}}}}}}"#
        )
    };
    let old = write("old.json", &spec(""));
    let new = write("new.json", &spec(r#", "propertyNames": {"pattern": "^z"}"#));
    let config = write("sample.json", r#"{"m": {"SECRETKEY": "SECRETVALUE"}}"#);
    for format in ["text", "markdown", "json"] {
        let output = run(&["check", &old, &new, "--old-config", &config, "--format", format, "-v"]);
        let printed = if output.status.code() == Some(1) { stdout(&output) } else { panic!("{output:?}") };
        assert!(printed.contains("is refused by /properties/m/propertyNames"), "{printed}");
        assert!(!printed.contains("SECRET"), "{printed}");
    }
}

#[test]
fn a_file_that_is_broken_throughout_takes_no_screens() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = folder.path().join("log.jsonl");
    fs::write(&log, "{\"type\": \"STATE\", broken\n".repeat(1_000)).expect("a temporary file");
    let log = log.display().to_string();
    let few = stdout(&run(&["check", &log, &log]));
    assert!(
        few.contains("log.jsonl:10: a STATE message cannot be read") && few.contains("error: 1980 more"),
        "{few}"
    );
    assert!(few.lines().count() < 40, "{few}");
    assert!(stdout(&run(&["check", &log, &log, "-v"])).lines().count() > 2_000);
}
