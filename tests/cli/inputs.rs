//! What is read: paths that lead nowhere, sides that hold no connector, standard input.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::{DEMO, run, stdout};

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs the program with this text on its standard input.
fn run_with(arguments: &[&str], text: &str) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_connector-diff"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    program.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("the program reads");
    program.wait_with_output().expect("the program ends")
}

#[test]
fn a_path_that_leads_nowhere_is_wrong_usage() {
    let [old, new] = DEMO;
    for arguments in [
        vec!["check", "nope", new],
        vec!["check", old, "nope"],
        vec!["check", old, "README.md/nope"],
        vec!["check", old, new, "--old-spec", "nope"],
        vec!["check", old, new, "--new-catalog", "nope"],
        vec!["check", old, new, "--old-state", "README.md", "--old-state", "nope"],
        vec!["check", old, new, "--new-config", "nope"],
        vec!["check", old, new, "--new-output", "nope"],
        vec!["check", old, new, "--old-metadata", "nope"],
        vec!["check", old, new, "--configured-catalog", "nope"],
        vec!["check", old, new, "--config", "nope"],
        vec!["snapshot", "nope"],
        vec!["graph", "nope"],
        vec!["includes", "docs/report.schema.json", "nope"],
    ] {
        let output = run(&arguments);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty(), "{arguments:?}: a verdict is printed");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains("nope: expected a ") && said.contains("found nothing"), "{said}");
    }
    let folder = run(&["check", old, new, "--old-spec", old]);
    assert_eq!(folder.status.code(), Some(2), "{}", stdout(&folder));
    assert_eq!(said(&folder), format!("error: --old-spec {old}: expected a file, found a folder\n"));
    let both = run(&["check", "nope", new, "--old-metadata", "neither"]);
    let expected = "error: OLD nope: expected a connector directory, an archive of one, one file of it, or image:NAME, found nothing of that name\n\
                    error: --old-metadata neither: expected a file, found nothing of that name\n";
    assert_eq!(said(&both), expected);
}

#[test]
fn what_is_there_and_cannot_be_read_is_no_wrong_usage() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let broken = folder.path().join("metadata.yaml");
    fs::write(&broken, "data: [").expect("a temporary file");
    let [old, new] = DEMO;
    let output = run(&["check", old, new, "--new-metadata", &broken.display().to_string()]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stdout(&output).contains("metadata.yaml:1"), "{}", stdout(&output));
}

#[test]
fn a_side_without_a_connector_is_an_error_and_no_verdict() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("NOTES.md"), "Nothing yet.").expect("a temporary file");
    let bare = folder.path().display().to_string();
    for (arguments, side) in [
        (["check", &bare, DEMO[1]].as_slice(), "OLD"),
        (&["check", DEMO[0], &bare, "--format", "json"], "NEW"),
        (&["snapshot", &bare], "SIDE"),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(3), "{}", said(&output));
        assert!(output.stdout.is_empty(), "{}", stdout(&output));
        let expected =
            format!("error: {side} ({bare}) holds no connector: looked for metadata.yaml, manifest.yaml, ");
        assert!(said(&output).starts_with(&expected), "{}", said(&output));
    }
    // What a flag adds is something to compare.
    let spec = Path::new("corpus/demo/old/source-bookshop/manifest.yaml").display().to_string();
    let output = run(&["check", &bare, DEMO[1], "--old-spec", &spec]);
    assert!(output.status.code() == Some(1), "{}", said(&output));
}

#[test]
fn standard_input_is_a_side_or_a_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let spec = |kind: &str| {
        format!(
            r#"{{"connectionSpecification": {{"type": "object", "properties": {{"a": {{"type": "{kind}"}}}}}}}}"#
        )
    };
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("a temporary file");
        path.display().to_string()
    };
    let old = file("old.json", &spec("string"));
    let new = run_with(&["check", &old, "-", "--format", "json"], &spec("integer"));
    assert_eq!(new.status.code(), Some(1), "{}", said(&new));
    let report: serde_json::Value = serde_json::from_str(&stdout(&new)).expect("JSON");
    assert_eq!(report["connectors"][0]["new"]["source"], "-");
    assert_eq!(report["connectors"][0]["findings"][0]["origin"]["new"]["file"], "-");
    assert_eq!(run_with(&["check", "-", &old], &spec("string")).status.code(), Some(0));
    let flag = ["check", &old, &old, "--new-spec", "-"];
    assert_eq!(run_with(&flag, &spec("integer")).status.code(), Some(1));
    assert_eq!(run_with(&flag, &spec("string")).status.code(), Some(0));
    let schema = file("schema.json", r#"{"type": "string"}"#);
    assert_eq!(run_with(&["includes", &schema, "-"], r#"{"type": "string"}"#).status.code(), Some(0));
    assert_eq!(run_with(&["includes", &schema, "-"], r#"{"type": "integer"}"#).status.code(), Some(1));
    let policy = ["check", &old, "-", "--config", &file("policy.toml", "fail-on = \"never\"")];
    assert_eq!(run_with(&policy, &spec("integer")).status.code(), Some(0));
    let policy = ["check", DEMO[0], DEMO[1], "--config", "-"];
    assert_eq!(run_with(&policy, "fail-on = \"never\"").status.code(), Some(0));

    for arguments in
        [vec!["check", "-", "-"], vec!["check", "-", &old, "--old-state", "-"], vec!["includes", "-", "-"]]
    {
        let output = run_with(&arguments, "");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains("are both -: standard input can be read once"), "{}", said(&output));
    }
    let empty = run_with(&["check", "-", &old], "");
    assert_eq!(empty.status.code(), Some(3), "{}", said(&empty));
    let large = run_with(&["check", "-", &old, "--limit", "input-size=10"], &spec("string"));
    assert_eq!(large.status.code(), Some(3), "{}", said(&large));
}

#[test]
fn a_side_that_is_absent_on_purpose_is_a_connector_added_or_removed() {
    let report = |arguments: &[&str]| -> (Option<i32>, serde_json::Value) {
        let output = run(&[&["check", "--format", "json", "--patch"], arguments].concat());
        let value: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
        (output.status.code(), value["connectors"][0].clone())
    };
    let (code, added) = report(&["/dev/null", DEMO[1]]);
    assert_eq!(code, Some(0), "{added}");
    assert_eq!((&added["name"], &added["old"]), (&"source-bookshop".into(), &serde_json::Value::Null));
    assert_eq!(added["new"]["version"], "1.5.0");
    assert_eq!(added["verdict"]["outcome"], "compatible");
    assert_eq!(added["verdict"]["declaration"], "not-needed");
    assert_eq!(added["findings"], serde_json::json!([]));
    let (code, removed) = report(&[DEMO[0], "/dev/null"]);
    assert_eq!(code, Some(1), "{removed}");
    assert_eq!((&removed["name"], &removed["new"]), (&"source-bookshop".into(), &serde_json::Value::Null));
    assert_eq!(removed["verdict"]["outcome"], "breaking");
    assert_eq!(removed["verdict"]["scope"]["everyone"], true);
    assert_eq!(removed["findings"].as_array().map(Vec::len), Some(1));
    assert_eq!(removed["findings"][0]["rule"], "connector-removed");
    let file = removed["findings"][0]["origin"]["old"]["file"].as_str().expect("where it stood");
    assert_eq!(file, "metadata.yaml");
    for (arguments, expected) in [
        (["/dev/null", "/dev/null"].as_slice(), "expected a connector on one side at least"),
        (&["/dev/null", DEMO[1], "--old-spec", "README.md"], "expected no --old-spec beside it"),
    ] {
        let output = run(&[&["check"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(output.stdout.is_empty() && said(&output).contains(expected), "{}", said(&output));
    }
    // Nobody can say whether a rewrite of nothing is equivalent: it is not.
    let output = run(&["check", "/dev/null", DEMO[1], "--equivalent"]);
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
}

#[test]
fn a_connector_that_was_added_and_cannot_be_read_does_not_pass() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("manifest.yaml"), "version: [").expect("a temporary file");
    let broken = folder.path().display().to_string();
    let added = run(&["check", "/dev/null", &broken]);
    assert_eq!(added.status.code(), Some(3), "{}", stdout(&added));
    assert!(stdout(&added).contains("manifest.yaml:"), "{}", stdout(&added));
    let removed = run(&["check", &broken, "/dev/null"]);
    assert_eq!(
        removed.status.code(),
        Some(1),
        "of what is gone nothing has to be read: {}",
        stdout(&removed)
    );
}

#[test]
fn a_folder_of_connectors_is_no_side() {
    let output = run(&["check", "corpus/demo/old", "corpus/demo/new"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(output.stdout.is_empty());
    // Each side is told, so that one run is enough.
    assert_eq!(
        said(&output),
        "error: OLD (corpus/demo/old) holds connectors (source-bookshop): name one\n\
         error: NEW (corpus/demo/new) holds connectors (source-bookshop): name one\n"
    );
    let [old, _] = DEMO;
    let one = run(&["check", old, "corpus/demo/new"]);
    assert_eq!(said(&one), "error: NEW (corpus/demo/new) holds connectors (source-bookshop): name one\n");
    let folder = tempfile::tempdir().expect("a temporary folder");
    for number in 10..20 {
        let below = folder.path().join(format!("connectors/source-{number}"));
        fs::create_dir_all(&below).expect("a folder");
        fs::write(below.join("metadata.yaml"), "data: {}").expect("a temporary file");
    }
    let output = run(&["snapshot", &folder.path().display().to_string()]);
    let expected = "connectors/source-16, connectors/source-17 and 2 more): name one";
    assert!(said(&output).contains(expected), "{}", said(&output));
}

#[test]
fn a_name_in_a_message_is_one_line_and_no_command() {
    let [old, new] = DEMO;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let other = folder.path().join("metadata.yaml");
    let metadata = fs::read_to_string(Path::new(new).join("metadata.yaml")).expect("the demo");
    let hostile = r#""lantern/source-b\n::error::x\e[31m##[group]y""#;
    let lines = metadata.lines().map(|line| match line.split_once("dockerRepository:") {
        Some((indent, _)) => format!("{indent}dockerRepository: {hostile}"),
        None => line.to_owned(),
    });
    fs::write(&other, lines.collect::<Vec<_>>().join("\n")).expect("a temporary file");
    let renamed = run(&["check", old, new, "--new-metadata", &other.display().to_string()]);
    let said = said(&renamed);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(
        said.starts_with("warning: OLD is source-bookshop and NEW is source-b\\n::error::x\\u{1b}[31m#"),
        "{said}"
    );
    assert!(!said.contains("##[") && !said.contains('\u{1b}'), "{said}");
}

#[test]
fn what_is_odd_about_two_sides_is_said_and_changes_no_answer() {
    let [old, new] = DEMO;
    let twice = run(&["check", old, "./corpus/demo/new/../old/source-bookshop/"]);
    assert_eq!(twice.status.code(), Some(0));
    assert!(said(&twice).contains("are the same path, so nothing can differ"), "{}", said(&twice));
    assert!(said(&twice).contains("give as OLD the version before the change"), "{}", said(&twice));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let other = folder.path().join("metadata.yaml");
    let metadata = fs::read_to_string(Path::new(new).join("metadata.yaml")).expect("the demo");
    fs::write(&other, metadata.replace("source-bookshop", "source-library")).expect("a temporary file");
    let renamed = run(&["check", old, new, "--new-metadata", &other.display().to_string()]);
    assert_eq!(renamed.status.code(), Some(1));
    let expected = "warning: OLD is source-bookshop and NEW is source-library: two connectors are compared as if one \
                    was renamed to the other\n";
    assert_eq!(said(&renamed), expected);
    // A flag gives one path two meanings.
    let flagged = run(&["check", old, old, "--new-metadata", &format!("{new}/metadata.yaml")]);
    assert_eq!(said(&flagged), "");
    assert_eq!(said(&run(&["check", old, new])), "");
}

#[test]
fn an_option_that_nothing_is_read_by_is_said() {
    let [old, new] = DEMO;
    let of_folders = run(&["check", old, new, "--kind", "spec"]);
    assert_eq!(of_folders.status.code(), Some(2));
    assert_eq!(
        said(&of_folders),
        "error: --kind says what a file is, and neither OLD nor NEW is one: leave it out\n"
    );
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("a temporary file");
        path.display().to_string()
    };
    let spec = file("spec.json", r#"{"connectionSpecification": {"type": "object", "properties": {}}}"#);
    let catalog = file("catalog.json", r#"{"streams": [{"name": "orders", "json_schema": {}}]}"#);
    let config = file("config.json", "{}");
    assert_eq!(said(&run(&["check", &spec, &spec, "--kind", "spec"])).lines().count(), 1, "the same path");
    let idle = run(&["check", &catalog, &catalog, "--old-config", &config, "--new-config", &config]);
    let expected = "--old-config and --new-config: neither side has a spec, and configs say something only where both \
                    sides have one";
    assert!(said(&idle).contains(expected), "{}", said(&idle));
    let one_sided = run(&["check", &catalog, &spec, "--old-config", &config]);
    assert!(said(&one_sided).contains("--old-config: OLD has no spec"), "{}", said(&one_sided));
    assert_eq!(said(&run(&["check", old, new, "--old-config", &config])), "");
}

#[test]
fn what_a_destination_writes_is_handed_in_as_files_or_folders() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("a temporary folder");
        fs::write(&path, text).expect("a temporary file");
        path.display().to_string()
    };
    let spec =
        r#"{"connectionSpecification": {"type": "object"}, "supported_destination_sync_modes": ["append"]}"#;
    let spec = file("spec.json", spec);
    let old = file("old/users.jsonl", "{\"_airbyte_ab_id\": \"a\", \"id\": 1}\n");
    let new = file("new/users.jsonl", "{\"_airbyte_raw_id\": \"a\", \"id\": 1}\n");
    let folders = [&old, &new].map(|file| Path::new(file).parent().expect("a folder").display().to_string());
    for [old, new] in [[&old, &new], [&folders[0], &folders[1]]] {
        let output =
            run(&["check", &spec, &spec, "--old-output", old, "--new-output", new, "--format", "concise"]);
        let text = stdout(&output);
        assert_eq!(output.status.code(), Some(1), "{text}{}", said(&output));
        assert!(text.contains("users.jsonl:1:1") && text.contains("dest-metadata-column-changed"), "{text}");
    }
    let broken = file("broken.jsonl", "{\"id\": 1}\n{\"id\"\n");
    let output = run(&["check", &spec, &spec, "--old-output", &broken, "--new-output", &new]);
    assert_eq!(output.status.code(), Some(3), "{}", stdout(&output));
    assert!(stdout(&output).contains("broken.jsonl:2"), "{}", stdout(&output));
    // A source writes nothing.
    let [source, other] = DEMO;
    let idle = run(&["check", source, other, "--old-output", &old, "--new-output", &new]);
    let expected = "--old-output and --new-output: this is a source, and what is written is compared of destinations alone";
    assert!(said(&idle).contains(expected), "{}", said(&idle));
    assert!(!stdout(&idle).contains("dest-"), "{}", stdout(&idle));
}

#[test]
fn a_config_of_the_new_version_shows_that_the_old_one_refuses_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("a temporary file");
        path.display().to_string()
    };
    let spec = |pattern: &str| {
        format!(
            r#"{{"connectionSpecification": {{"type": "object", "properties": {{"id": {{"type": "string", "pattern": "{pattern}"}}}}}}}}"#
        )
    };
    // What no automaton decides, a config may.
    let (old, new) = (file("old.json", &spec("^(?!x)[a-z]$")), file("new.json", &spec("^(?!x)[a-z0-9]$")));
    let rolls_back = |config: &str| {
        let config = file("config.json", config);
        let json = run(&["check", &old, &new, "--kind", "spec", "--new-config", &config, "--format", "json"]);
        let report: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
        report["connectors"][0]["verdict"]["rollback_safe"].clone()
    };
    assert_eq!(rolls_back(r#"{"id": "7"}"#), false);
    assert_ne!(rolls_back(r#"{"id": "a"}"#), false);
}
