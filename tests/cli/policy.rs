//! The policy file: what it sets, what it leaves out, and what is said of its mistakes.

use std::process::Command;

use super::{DEMO, code, run, stdout};

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
