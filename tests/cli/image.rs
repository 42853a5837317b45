//! `image:NAME`, with a stand-in for docker on PATH.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{DEMO, stdout};

/// A folder with a program of this name that notes its arguments in `calls` and then does what the script says.
fn tool(name: &str, script: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    add_tool(folder.path(), name, script);
    folder
}

fn add_tool(folder: &Path, name: &str, script: &str) {
    let (path, calls) = (folder.join(name), folder.join("calls"));
    let text = format!("#!/bin/sh\necho \"{name} $*\" >> '{}'\n{script}\n", calls.display());
    fs::write(&path, text).expect("a file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a program");
}

fn run_with(path: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_connector-diff"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("PATH", path)
        .output()
        .expect("the program runs")
}

fn run(tool: &TempDir, arguments: &[&str]) -> Output {
    run_with(&format!("{}:/usr/bin:/bin", tool.path().display()), arguments)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn calls(tool: &TempDir) -> Vec<String> {
    let text = fs::read_to_string(tool.path().join("calls")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// What an image says whose spec has the property `page` of a type that is its tag.
const TALKS: &str = r#"
image="$4"
case "$1 $2" in
  "image inspect") echo '{"io.airbyte.name": "lantern/source-lantern", "io.airbyte.version": "1.2.3"}'; exit 0;;
esac
for word; do before="$last"; last="$word"; done
echo 'starting' >&2
echo '{"type": "LOG", "log": {"level": "INFO", "message": "hello"}}'
echo '{"type": "SPEC", "spec": {"connectionSpecification": {"type": "object", "properties": {"page": {"type": "'"${before##*:}"'"}}}}}'
"#;

#[test]
fn the_spec_that_an_image_prints_is_compared() {
    let docker = tool("docker", TALKS);
    let output =
        run(&docker, &["check", "image:lantern/q:string", "image:lantern/q:integer", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let report: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let connector = &report["connectors"][0];
    assert_eq!(connector["name"], "source-lantern");
    assert_eq!(connector["old"]["source"], "image:lantern/q:string");
    assert_eq!(connector["new"]["version"], "1.2.3");
    assert_eq!(connector["findings"][0]["rule"], "spec-type-changed");
    assert_eq!(connector["findings"][0]["origin"]["new"]["line"], 2);
    let started =
        "image:lantern/q:string: a container is started with docker, without network, to print its spec";
    assert!(said(&output).contains(started), "{}", said(&output));
    let runs: Vec<String> =
        calls(&docker).into_iter().filter(|call| call.starts_with("docker run")).collect();
    assert_eq!(runs.len(), 2, "{runs:?}");
    for run in &runs {
        assert!(
            run.starts_with("docker run --rm --pull never --network none --name connector-diff-"),
            "{run}"
        );
        assert!(run.ends_with(" spec"), "{run}");
    }
    assert_ne!(runs[0].split(' ').nth(8), runs[1].split(' ').nth(8), "each container has a name of its own");
    let same = run(&docker, &["check", "image:lantern/q:string", "image:lantern/q:string"]);
    assert_eq!(same.status.code(), Some(0), "{}", said(&same));
    let snapshot = run(&docker, &["snapshot", "image:lantern/q:string", "--artifact", "spec"]);
    assert_eq!(snapshot.status.code(), Some(0), "{}", said(&snapshot));
    assert!(stdout(&snapshot).contains("\"page\""), "{}", stdout(&snapshot));
}

#[test]
fn the_tool_is_docker_or_podman_or_the_one_that_is_named() {
    let arguments = ["check", "image:q:string", "image:q:string"];
    let podman = tool("podman", TALKS);
    assert_eq!(run(&podman, &arguments).status.code(), Some(0));
    add_tool(podman.path(), "docker", TALKS);
    fs::remove_file(podman.path().join("calls")).expect("the calls");
    assert_eq!(run(&podman, &arguments).status.code(), Some(0));
    assert!(calls(&podman).iter().all(|call| call.starts_with("docker ")), "{:?}", calls(&podman));
    let named = [&arguments[..], &["--container-tool", "podman"]].concat();
    fs::remove_file(podman.path().join("calls")).expect("the calls");
    assert_eq!(run(&podman, &named).status.code(), Some(0));
    assert!(calls(&podman).iter().all(|call| call.starts_with("podman ")), "{:?}", calls(&podman));
    let empty = tempfile::tempdir().expect("a folder");
    let path = empty.path().display().to_string();
    for (arguments, expected) in [
        (&arguments[..], "OLD image:q:string: expected docker or podman on PATH to run it, found neither"),
        (&named[..], "expected podman to run it, found no such program"),
        (&["snapshot", "image:q"][..], "SIDE image:q: expected docker or podman on PATH"),
    ] {
        let output = run_with(&path, arguments);
        assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(2), ""), "{}", said(&output));
        assert!(said(&output).contains(expected), "{}", said(&output));
    }
}

#[test]
fn a_name_that_is_no_image_is_wrong_usage() {
    let docker = tool("docker", TALKS);
    for name in ["image:", "image:--privileged", "image:a b", "image:$(date)"] {
        let output = run(&docker, &["check", DEMO[0], name]);
        assert_eq!(output.status.code(), Some(2), "{name}: {}", said(&output));
        assert!(said(&output).contains("expected the name of an image, such as image:"), "{}", said(&output));
    }
    let graph = run(&docker, &["graph", "image:q"]);
    assert_eq!(graph.status.code(), Some(2), "{}", said(&graph));
    assert!(said(&graph).contains("an image shows no streams"), "{}", said(&graph));
    let flag = run(&docker, &["check", DEMO[0], DEMO[1], "--old-spec", "image:q"]);
    assert_eq!(flag.status.code(), Some(2), "{}", said(&flag));
    assert_eq!(calls(&docker), Vec::<String>::new(), "nothing was run");
}

#[test]
fn an_image_that_does_not_print_a_spec_cannot_be_read() {
    let inspects = "[ \"$1\" = image ] && { echo null; exit 0; }\n";
    for (script, expected) in [
        (
            "echo 'Error: No such image: q:1' >&2; exit 1",
            "docker image inspect q:1 failed: Error: No such image: q:1; nothing is pulled here: docker pull q:1",
        ),
        (
            &format!("{inspects}echo 'permission denied' >&2; exit 126"),
            "docker run q:1 spec ended with exit code 126: permission denied",
        ),
        (&format!("{inspects}exit 3"), "docker run q:1 spec ended with exit code 3: it said nothing"),
        (&format!("{inspects}kill -9 $$"), "docker run q:1 spec ended by a signal: it said nothing"),
        (
            &format!("{inspects}echo hello"),
            "expected a SPEC, CATALOG, DESTINATION_CATALOG or STATE message among the lines, found none",
        ),
        (
            &format!("{inspects}exit 0"),
            "expected a spec, a catalog, a state, a manifest, metadata or captured output, found an empty file",
        ),
        (
            &format!(
                "{inspects}i=0; while [ $i -lt 9000 ]; do echo \"line $i of it\" >&2; i=$((i+1)); done; exit 1"
            ),
            "line 8999 of it",
        ),
        (
            &format!(
                "{inspects}echo '{{\"type\": \"TRACE\", \"trace\": {{\"type\": \"ERROR\", \"error\": {{\"message\": \"no module\"}}}}}}'"
            ),
            "found an error: no module",
        ),
    ] {
        let docker = tool("docker", script);
        for sides in [["image:q:1", DEMO[1]], [DEMO[0], "image:q:1"], ["image:q:1", "image:q:1"]] {
            let output = run(&docker, &["check", sides[0], sides[1], "--fail-on", "never"]);
            assert_eq!(output.status.code(), Some(3), "{script}: {}{}", stdout(&output), said(&output));
            let all = stdout(&output) + &said(&output);
            assert!(all.contains(expected), "{script}: {all}");
            assert!(!all.contains("line 3 of it"), "what is said is cut: {all}");
        }
    }
}

#[test]
fn a_container_that_does_not_end_is_removed() {
    let docker = tool(
        "docker",
        "[ \"$1\" = image ] && { echo null; exit 0; }\n[ \"$1\" = run ] && { echo 'waiting for a port' >&2; exec sleep 60; }\nexit 0",
    );
    let start = Instant::now();
    let output = run(&docker, &["check", DEMO[0], "image:q:1", "--image-timeout", "1"]);
    assert!(start.elapsed() < Duration::from_secs(30), "it took {:?}", start.elapsed());
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    let all = stdout(&output) + &said(&output);
    let expected = "docker run q:1 spec did not end in 1 seconds (--image-timeout): waiting for a port";
    assert!(all.contains(expected), "{all}");
    let calls = calls(&docker);
    let name = calls.iter().find_map(|call| call.split(' ').find(|word| word.starts_with("connector-diff-")));
    let removed = format!("docker rm --force {}", name.expect("a container"));
    assert_eq!(calls.last(), Some(&removed), "{calls:?}");
    for wrong in ["0", "-1", "soon", "999999"] {
        let output = run(&docker, &["check", DEMO[0], "image:q:1", "--image-timeout", wrong]);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
    }
}

#[test]
fn an_image_that_prints_without_end_is_stopped() {
    let docker = tool(
        "docker",
        "[ \"$1\" = image ] && { echo null; exit 0; }\n[ \"$1\" = run ] && exec yes '{\"type\": \"LOG\"}'\nexit 0",
    );
    let output = run(&docker, &["check", DEMO[0], "image:q:1", "--limit", "input-size=100KiB"]);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    let all = stdout(&output) + &said(&output);
    assert!(all.contains("larger than the limit input-size=100KiB"), "{all}");
    let calls = calls(&docker);
    assert!(
        calls.last().is_some_and(|call| call.starts_with("docker rm --force connector-diff-")),
        "{calls:?}"
    );
}
