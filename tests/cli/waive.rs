//! `waive`: what it writes, and what it refuses.

use std::path::Path;

use super::stdout;
use super::waivers::{Shop, of_rule, waived};

/// `waive` in a folder of its own, with what it says on both streams.
fn waive(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_connector-diff"))
        .arg("waive")
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program runs");
    let said = String::from_utf8(output.stderr.clone()).expect("UTF-8");
    (output.status.code(), stdout(&output), said)
}

#[test]
fn waive_writes_a_waiver_that_check_takes() {
    let plain = Shop::with("").report();
    let id = of_rule(&plain, "findings", "stream-removed")[0]["id"].as_str().expect("an id").to_owned();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(".connector-diff.toml");
    let written = || std::fs::read_to_string(&path).expect("the policy file");
    let said = waive(folder.path(), &[&id, "--reason", "nobody reads it", "--until", "2027-03-01"]);
    assert_eq!((said.0, said.1.as_str()), (Some(0), &*format!(".connector-diff.toml:1: {id} is waived\n")));
    let first = written();
    assert_eq!(
        first,
        format!("[[waivers]]\nid = \"{id}\"\nreason = \"nobody reads it\"\nuntil = \"2027-03-01\"\n")
    );
    assert_eq!(waived(&Shop::with(&first).report()), ["stream-removed"]);
    // Once more from below: the file above is found, and it says so already.
    let below = folder.path().join("a");
    std::fs::create_dir(&below).expect("a folder");
    let said = waive(&below, &[&id, "--reason", "nobody reads it", "--until", "2027-03-01"]);
    assert_eq!(
        (said.0, said.1.as_str()),
        (Some(0), &*format!("../.connector-diff.toml:1: {id} is waived already\n"))
    );
    let (code, _, said) = waive(&below, &[&id, "--reason", "another"]);
    assert_eq!(code, Some(2));
    assert!(said.contains(&format!("../.connector-diff.toml:1 waives {id} already, with the reason \"nobody reads it\", until 2027-03-01")), "{said}");
    assert_eq!(written(), first);
    let (code, ..) = waive(&below, &["p0123456789", "--reason", "y", "--until", "3.0.0"]);
    assert_eq!((code, written().starts_with(&first)), (Some(0), true));
    let (code, ..) = waive(&below, &["p0123456789", "--reason", "y", "--connector", "source-bookshop"]);
    assert_eq!(code, Some(2), "it is waived for all already");
    let (code, ..) = waive(&below, &["k0123456789", "--reason", "y", "--connector", "source-bookshop"]);
    assert_eq!(code, Some(0));
    let unused = of_rule(&Shop::with(&written()).report(), "problems", "waiver-unused").len();
    assert_eq!(unused, 2, "no other connector is named, and two of the three are of no use");
    // A problem that is a waiver itself is waived by nothing.
    let report = Shop::with(&written()).report();
    let own = of_rule(&report, "problems", "waiver-unused")[0]["id"].as_str().expect("an id").to_owned();
    let before = written();
    let (code, _, said) = waive(folder.path(), &[&own, "--reason", "z"]);
    assert_eq!((code, written()), (Some(2), before));
    assert!(
        said.contains(&format!("{own} is waiver-unused of the waiver at .connector-diff.toml:")),
        "{said}"
    );
    // A byte order mark and the ends of lines stay.
    let marked = "\u{feff}# ours\r\nfail-on = \"review\"\r\n";
    std::fs::write(&path, marked).expect("the policy file");
    let (code, ..) = waive(folder.path(), &["k7f291c0", "--reason", "x"]);
    let block = "\r\n[[waivers]]\r\nid = \"k7f291c0\"\r\nreason = \"x\"\r\n";
    assert_eq!((code, written()), (Some(0), format!("{marked}{block}")));
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .expect("a folder")
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    assert_eq!(left.len(), 2, "nothing is left beside it: {left:?}");
}

#[test]
fn waive_refuses_what_it_cannot_write() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(".connector-diff.toml");
    let refused = |arguments: &[&str], expected: &str| {
        let (code, _, said) = waive(folder.path(), arguments);
        assert!(code == Some(2) && said.contains(expected), "{arguments:?}: {code:?} {said}");
    };
    refused(&["zip", "--reason", "x"], "expected the id of a finding, such as k7f291c0ab, found zip");
    refused(&["K7F291C0AB", "--reason", "x"], "did you mean k7f291c0ab?");
    refused(&["field-removed", "--reason", "x"], "a rule is waived in the policy file");
    refused(&["k7f291c0ab", "--reason", " "], "--reason: expected why the finding is accepted");
    refused(&["k7f291c0ab"], "--reason <TEXT>");
    refused(&["k7f291c0ab", "--reason", "x", "--until", "v3"], "did you mean \"3.0.0\"?");
    refused(&["k7f291c0ab", "--reason", "x", "--config", "no/such.toml"], "no/such.toml");
    refused(&["k7f291c0ab", "--reason", "x", "--config", "-"], "expected a file");
    assert!(!path.exists());
    std::fs::write(&path, "[rules]\nfield-remved = \"safe\"\n").expect("the policy file");
    refused(&["k7f291c0ab", "--reason", "x"], ".connector-diff.toml:2: there is no rule field-remved");
    let (code, _, said) = {
        std::fs::remove_file(&path).expect("the file goes");
        waive(folder.path(), &["k7f291c0ab", "--reason", "x", "--until", "2020-01-01"])
    };
    assert!(code == Some(0) && said.contains("--until 2020-01-01: the day is over"), "{said}");
}
