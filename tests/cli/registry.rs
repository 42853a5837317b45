//! Whole registries and archives on the command line.

use std::fs;
use std::path::Path;

use super::{DEMO, code, run, stdout};

fn entry(id: &str, name: &str, kind: &str) -> String {
    format!(
        r#"{{"sourceDefinitionId": "{id}", "dockerRepository": "lantern/{name}", "dockerImageTag": "1.0.0", "spec": {{"connectionSpecification": {{"type": "object", "properties": {{"page": {{"type": "{kind}"}}}}}}}}}}"#
    )
}

fn file(folder: &Path, name: &str, entries: &[String]) -> String {
    let path = folder.join(name);
    let text = format!(r#"{{"destinations": [], "sources": [{}]}}"#, entries.join(", "));
    fs::write(&path, text).expect("a file");
    path.display().to_string()
}

#[test]
fn two_registries_are_compared_connector_by_connector() {
    let folder = tempfile::tempdir().expect("a folder");
    let kept = || entry("1", "source-kept", "string");
    let old = file(folder.path(), "old.json", &[kept(), entry("2", "source-b", "string")]);
    let changed = file(folder.path(), "changed.json", &[entry("2", "source-b", "integer"), kept()]);
    let added = file(
        folder.path(),
        "added.json",
        &[kept(), entry("2", "source-b", "string"), entry("3", "source-c", "string")],
    );
    let removed = file(folder.path(), "removed.json", &[kept()]);
    let unreadable =
        file(folder.path(), "unreadable.json", &[entry("2", "source-b", "integer"), "7".to_owned(), kept()]);
    for (new, expected, names) in [
        (&old, 0, vec![]),
        (&changed, 1, vec![("source-b", "breaking")]),
        (&added, 0, vec![("source-c", "compatible")]),
        (&removed, 1, vec![("source-b", "breaking")]),
        (&unreadable, 3, vec![("source-b", "breaking"), ("sources/1", "inconclusive")]),
    ] {
        let output = run(&["check", &old, new, "--format", "json"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(expected), "{new}: {said}");
        let report: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
        let connectors = report["connectors"].as_array().expect("connectors");
        let found: Vec<(&str, &str)> = connectors
            .iter()
            .map(|one| {
                let name = one["name"].as_str().expect("a name");
                (name, one["verdict"]["outcome"].as_str().expect("an outcome"))
            })
            .collect();
        assert_eq!(found, names, "{new}");
        assert!(said.contains("in both registries, and not in the report"), "{said}");
        assert_eq!(code(&["check", &old, new]), expected, "{new}");
    }
    assert_eq!(code(&["check", "/dev/null", &old]), 0);
    assert_eq!(code(&["check", &old, "/dev/null"]), 1);
    let mixed = run(&["check", &old, DEMO[1]]);
    assert_eq!(mixed.status.code(), Some(3));
    assert!(
        String::from_utf8_lossy(&mixed.stderr).contains("OLD is a whole registry, and NEW is one connector")
    );
    for flag in
        [["--name", "x"], ["--old-spec", "README.md"], ["--kind", "registry"], ["--configured-catalog", &old]]
    {
        let output = run(&[&["check", &old, &changed], &flag[..]].concat());
        let expected = if flag[0] == "--kind" { 0..=3 } else { 2..=3 };
        assert!(expected.contains(&output.status.code().expect("a code")), "{flag:?}");
        assert_ne!(output.status.code(), Some(0), "{flag:?}");
    }
    assert_eq!(code(&["snapshot", &old]), 3);
}

#[test]
fn an_archive_is_a_side_wherever_one_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let pack = |side: &str| {
        let path = folder.path().join(format!("{side}.tar.gz"));
        let gzip = flate2::write::GzEncoder::new(
            fs::File::create(&path).expect("a file"),
            flate2::Compression::fast(),
        );
        let mut tar = tar::Builder::new(gzip);
        tar.append_dir_all("source-bookshop", format!("corpus/demo/{side}/source-bookshop"))
            .expect("an archive");
        tar.into_inner().expect("an archive").finish().expect("an archive");
        path.display().to_string()
    };
    let [old, new] = ["old", "new"].map(pack);
    assert_eq!(code(&["check", &old, &new]), 1);
    assert_eq!(code(&["check", &old, &old]), 0);
    assert_eq!(code(&["check", &old, DEMO[1]]), 1);
    assert_eq!(code(&["check", &new, DEMO[1]]), 0);
    assert_eq!(code(&["snapshot", &new]), 0);
    assert_eq!(code(&["graph", &new]), 0);
    let said = stdout(&run(&["check", &old, &new]));
    assert!(said.contains("new.tar.gz/source-bookshop/manifest.yaml:91:9"), "{said}");
    let declared = run(&["declare", &old, &new, "--write"]);
    assert_eq!(declared.status.code(), Some(2), "an archive is not edited");
    let said = String::from_utf8_lossy(&declared.stderr).into_owned();
    assert!(
        said.contains("is one file: expected the folder of a connector, whose files are edited"),
        "{said}"
    );
    let two = folder.path().join("two.tar");
    let mut tar = tar::Builder::new(fs::File::create(&two).expect("a file"));
    for name in ["shop-1.0/a", "shop-1.0/b"] {
        tar.append_dir_all(name, DEMO[0]).expect("an archive");
    }
    tar.finish().expect("an archive");
    let two = run(&["check", &two.display().to_string(), DEMO[1]]);
    assert_eq!(two.status.code(), Some(3));
    let said = String::from_utf8_lossy(&two.stderr).into_owned();
    assert!(said.contains("holds connectors (a, b): unpack it and name one"), "{said}");
    let bytes = fs::read(&new).expect("the archive");
    fs::write(&new, &bytes[..bytes.len() / 2]).expect("a file");
    let cut = run(&["check", &old, &new, "--fail-on", "never"]);
    assert_eq!(cut.status.code(), Some(3));
    assert!(stdout(&cut).contains("cut off"), "{}", stdout(&cut));
}
