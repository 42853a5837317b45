//! The program as a user runs it: exit codes, streams of output, help.

mod branch;
mod credit;
mod declare;
mod destinations;
mod help;
mod hidden;
#[cfg(unix)]
mod image;
mod inputs;
mod migrate;
mod outputs;
mod policy;
mod registry;
mod waive;
mod waivers;

#[path = "../support/repository.rs"]
mod repository;

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
    assert_eq!(code(&["check", old, "no/such/side"]), 2);
    assert_eq!(code(&["check", old, "README.md"]), 3);
    assert_eq!(code(&["check", old, "README.md", "--fail-on", "never"]), 3);
    assert_eq!(code(&["explain", "no-such-rule"]), 2);
    assert_eq!(code(&["snapshot", "no/such/side"]), 2);
    assert_eq!(code(&["snapshot", "README.md"]), 3);
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
fn pages_link_to_files_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs =
        std::fs::read_dir(root.join("docs")).expect("docs").map(|entry| entry.expect("an entry").path());
    let pages = docs.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    for page in pages.chain(["README.md", "CONTRIBUTING.md"].map(|name| root.join(name))) {
        let text = std::fs::read_to_string(&page).expect("a page");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("https://") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target =
                if file.is_empty() { page.clone() } else { page.parent().expect("a folder").join(file) };
            assert!(target.exists(), "{}: {link}", page.display());
            let has_heading = || {
                std::fs::read_to_string(&target).expect("a page").lines().any(|line| anchor(line) == heading)
            };
            assert!(heading.is_empty() || has_heading(), "{}: {link}", page.display());
        }
    }
}

/// What a heading of Markdown is linked by; empty for any other line.
fn anchor(line: &str) -> String {
    let heading = line.trim_start_matches('#');
    if heading.len() == line.len() {
        return String::new();
    }
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>().to_lowercase()
}

#[test]
fn the_readme_shows_the_real_output() {
    let readme = include_str!("../../README.md");
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
            "  releases:\n    breakingChanges:\n      2.0.0:\n        message: Refresh them; see the guide.\n        \
             upgradeDeadline: \"2030-01-01\"\n        deadlineAction: disable\n{scope}"
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
    let check =
        |metadata: &str, today: &str| run(&["check", old, new, "--new-metadata", metadata, "--today", today]);
    let in_time = check(&everyone, "2029-01-01");
    assert_eq!(in_time.status.code(), Some(0), "{}", stdout(&in_time));
    let late = check(&everyone, "2029-12-28");
    assert!(stdout(&late).contains("meta-deadline-too-soon"), "{}", stdout(&late));
    assert_eq!(late.status.code(), Some(1));
    let output = check(&scoped, "2029-01-01");
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
    assert_eq!(code(&["includes", &narrow, "no/such/file.json"]), 2);
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
