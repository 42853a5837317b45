//! `check --base` on branches that add a file so that a break is compared with something else, or with nothing.

use std::process::{Command, Output};

use serde_json::{Value, json};

use super::stdout;
use crate::repository::TestRepository;

const METADATA: &str = "data:\n  name: Lantern\n  connectorType: TYPE\n  definitionId: 0a1b2c3d-0000-4000-8000-000000000001\n  \
                        dockerRepository: example/TYPE-lantern\n  dockerImageTag: 1.0.0\n";

fn spec(kind: &str) -> String {
    let properties = json!({"key": {"type": kind}});
    json!({"connectionSpecification": {"type": "object", "required": ["key"], "properties": properties}})
        .to_string()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

fn check(repository: &TestRepository, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_connector-diff"))
        .args(["check", "--base", "main"])
        .args(arguments)
        .current_dir(repository.path())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env_remove("GITHUB_SHA")
        .output()
        .expect("the program runs")
}

/// A repository with one connector of a type, whose spec lies in a file, on `main`; on `topic` the spec breaks.
fn broken(kind: &str, file: &str) -> (TestRepository, String) {
    let repository = TestRepository::new();
    let folder = format!("connectors/{kind}-lantern");
    repository.write(&format!("{folder}/metadata.yaml"), METADATA.replace("TYPE", kind));
    repository.write(&format!("{folder}/{file}"), spec("string"));
    repository.commit("one");
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    repository.write(&format!("{folder}/{file}"), spec("integer"));
    (repository, folder)
}

#[test]
fn no_file_that_a_branch_adds_takes_the_place_of_what_breaks() {
    let printed = format!(
        "{}\n",
        json!({"type": "SPEC", "spec": serde_json::from_str::<Value>(&spec("string")).expect("JSON")})
    );
    let old = spec("string");
    let manifest = "type: DeclarativeSource\n".to_owned();
    let (java, python) = ("src/main/resources/spec.json", "source_lantern/spec.json");
    for (kind, file, added, text, code) in [
        // What it printed counts only where nothing else is there.
        ("destination", java, "x.json", &old, 1),
        ("destination", java, "out.txt", &printed, 1),
        ("source", python, "messages.jsonl", &printed, 1),
        // Of several places nobody says which one it is built from.
        ("destination", java, "spec.json", &old, 3),
        ("destination", java, "destination_a/spec.json", &old, 3),
        ("source", python, "source_aaa/spec.json", &old, 3),
        ("source", python, "manifest.yaml", &manifest, 3),
        // Notes are no place.
        ("source", python, "notes/spec.json", &old, 1),
    ] {
        let (repository, folder) = broken(kind, file);
        assert_eq!(check(&repository, &[]).status.code(), Some(1), "{file} alone");
        repository.write(&format!("{folder}/{added}"), text);
        let output = check(&repository, &[]);
        assert_eq!(output.status.code(), Some(code), "{file} beside {added}: {}", stdout(&output));
        if code == 3 {
            let text = stdout(&output);
            assert!(text.contains("expected one place that the connector is built from, found "), "{text}");
        }
    }
}

#[test]
fn a_place_that_moves_is_one_place() {
    let (repository, folder) = broken("source", "source_lantern/spec.json");
    repository.delete(&format!("{folder}/source_lantern"));
    repository.write(&format!("{folder}/source_beacon/spec.json"), spec("string"));
    let output = check(&repository, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
}

#[test]
fn what_is_taken_away_is_missed() {
    let (repository, folder) = broken("source", "source_lantern/spec.json");
    repository.write(&format!("{folder}/source_lantern/source.py"), "class SourceLantern:\n    pass\n");
    repository.delete(&format!("{folder}/source_lantern/spec.json"));
    let output = check(&repository, &[]);
    assert_eq!(output.status.code(), Some(3), "{}", stdout(&output));
    assert!(
        stdout(&output)
            .contains("source_lantern/spec.json: expected a spec, as the other side has one, found none")
    );

    let (repository, folder) = broken("source", "source_lantern/spec.json");
    repository.write(&format!("{folder}/source_lantern/spec.json"), spec("string"));
    repository.delete(&format!("{folder}/metadata.yaml"));
    let output = check(&repository, &[]);
    assert_eq!(output.status.code(), Some(3), "{}", stdout(&output));
    assert!(
        stdout(&output).contains("expected the connector's metadata, as the old side has it, found none")
    );
}

#[test]
fn a_connector_is_one_whatever_lies_above_it_and_in_tests_none_is() {
    let (repository, folder) = broken("source", "source_lantern/spec.json");
    repository.git(&["checkout", "--quiet", "."]);
    let whole = repository.path().join(&folder).display().to_string();
    repository.copy(&whole, "connectors/lamp");
    repository.write("connectors/lamp/source_lantern/spec.json", spec("integer"));
    assert_eq!(check(&repository, &[]).status.code(), Some(1), "it takes the id over");
    repository.write("connectors/metadata.yaml", "data: {dockerRepository: example/other}\n");
    assert_eq!(check(&repository, &[]).status.code(), Some(1), "a decoy above it");
    repository.delete("connectors/metadata.yaml");
    repository.delete("connectors/lamp");
    repository.copy(&whole, "tools/tests/fixtures/source-lantern");
    repository.write("tools/tests/fixtures/source-lantern/source_lantern/spec.json", spec("integer"));
    let output = check(&repository, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
}

#[test]
fn histories_that_meet_twice_have_no_one_merge_base() {
    let (repository, _) = broken("source", "source_lantern/spec.json");
    repository.commit("a break");
    repository.git(&["checkout", "--quiet", "main"]);
    let main = repository.write("README.md", "one\n").commit("other");
    repository.git(&["merge", "--quiet", "--no-edit", "-s", "ours", "topic"]);
    repository.git(&["checkout", "--quiet", "topic"]);
    repository.git(&["merge", "--quiet", "--no-edit", &main]);
    let output = check(&repository, &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("have several merge bases"), "{}", stderr(&output));
    assert_eq!(check(&repository, &["--base-exact"]).status.code(), Some(1));
}

#[test]
fn a_revision_is_no_part_of_the_paths_of_annotations() {
    let (repository, folder) = broken("source", "source_lantern/spec.json");
    repository.commit("a break");
    let output = check(&repository, &["--head", "topic", "--format", "github"]);
    let place = format!("file={folder}/source_lantern/spec.json,line=1");
    assert!(stdout(&output).contains(&place), "{}", stdout(&output));
}

#[test]
fn a_path_of_many_folders_takes_no_longer() {
    let (repository, _) = broken("source", "source_lantern/spec.json");
    let deep = vec!["a"; 1_000].join("/");
    let file = repository.write("README.md", "x").git(&["hash-object", "-w", "README.md"]);
    let entry = format!("100644,{},{deep}/x", file.trim());
    repository.git(&["update-index", "--add", "--cacheinfo", &entry]);
    repository.git(&["commit", "--quiet", "-m", "deep"]);
    let output = check(&repository, &["--head", "topic"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}
