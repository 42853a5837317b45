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
         meta-license-changed = \"off\"\nstream-added = \"off\"\n[ignore]\nfields = [\"users/raw*\"]\n\
         [[waivers]]\nid = \"k7f291c0ab1\"\nreason = \"it says \\\"gone\\\"\"\nuntil = 2027-03-01\n\
         [connectors.source-x]\nrules = {stream-removed = \"breaking\"}\n\
         [[connectors.source-x.waivers]]\nrule = \"field-removed\"\nstream = \"users\"\nfield = \"a/b\"\nreason = \"x\"\n",
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

#[test]
fn the_policies_of_the_manual_have_no_mistakes() {
    let page = include_str!("../../docs/policy.md");
    let blocks: Vec<&str> =
        page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(blocks.len(), 2);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("policy.toml");
    for block in blocks {
        std::fs::write(&path, block).expect("the policy file");
        let output = run(&["config", "--config", path.to_str().expect("UTF-8")]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
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
fn lines_that_are_meant_for_this_connector_and_match_nothing_are_named() {
    let [old, new] = DEMO;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("policy.toml");
    let policy = path.to_str().expect("UTF-8");
    let said = |text: &str, more: &[&str]| {
        std::fs::write(&path, text).expect("the policy file");
        let output = run(&[&["check", old, new, "--config", policy], more].concat());
        assert_eq!(output.status.code(), Some(1), "a warning changes no answer");
        String::from_utf8(output.stderr).expect("UTF-8").replace(policy, "policy.toml")
    };
    assert_eq!(
        said("[connectors.source-bookshp]\nfail-on = \"never\"\n", &[]),
        "warning: policy.toml:1: the section connectors.source-bookshp is not for source-bookshop: did you mean \
         source-bookshop?\n"
    );
    let own =
        "[connectors.source-bookshop.ignore]\nstreams = [\"review\", \"book*\"]\nfields = [\"ordrs/zip\"]\n";
    assert_eq!(
        said(own, &[]),
        "warning: policy.toml:2: the pattern review matches no stream of source-bookshop: did you mean reviews?\n\
         warning: policy.toml:3: the pattern ordrs/zip matches no stream of source-bookshop: did you mean orders?\n"
    );
    let fields = "[connectors.source-bookshop.ignore]\nfields = [\"orders/bil_to\", \"orders/bill_to/zi\", \"orders/bill_to/zip\", \"*/total\"]\n";
    assert_eq!(
        said(fields, &[]),
        "warning: policy.toml:2: the pattern orders/bil_to matches no field of source-bookshop: did you mean bill_to?\n\
         warning: policy.toml:2: the pattern orders/bill_to/zi matches no field of source-bookshop\n"
    );
    // One file is shared by many connectors.
    let shared = "[connectors.source-harbour]\nfail-on = \"never\"\n[ignore]\nstreams = [\"raw_*\"]\n";
    assert_eq!(said(shared, &[]), "");
    let all = said(shared, &["-v"]);
    assert_eq!(all, "warning: policy.toml:4: the pattern raw_* matches no stream of source-bookshop\n");
}

#[test]
fn a_section_of_a_neighbour_is_no_mistake() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let metadata = |name: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir(&path).expect("a folder");
        let text = format!("data:\n  dockerRepository: lantern/{name}\n  dockerImageTag: 1.0.0\n");
        std::fs::write(path.join("metadata.yaml"), text).expect("a temporary file");
        path.display().to_string()
    };
    let side = metadata("source-mysql");
    let policy = folder.path().join("policy.toml");
    std::fs::write(&policy, "[connectors.source-mssql]\nfail-on = \"never\"\n").expect("the policy file");
    let warns = || {
        let output = run(&["check", "/dev/null", &side, "--config", policy.to_str().expect("UTF-8")]);
        String::from_utf8(output.stderr).expect("UTF-8").contains("did you mean")
    };
    assert!(warns());
    metadata("source-mssql");
    assert!(!warns());
}

#[test]
fn the_policy_of_a_name_without_a_section_says_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("policy.toml");
    std::fs::write(&path, "[connectors.source-x]\n[connectors.\"destination-*\"]\n")
        .expect("the policy file");
    let shown = |name: &str, format: &str| {
        let policy = path.to_str().expect("UTF-8");
        let output = run(&["config", "--config", policy, "--name", name, "--format", format]);
        (stdout(&output), String::from_utf8(output.stderr).expect("UTF-8"))
    };
    let note = "no section is for source-y: did you mean source-x?\n";
    let (text, warned) = shown("source-y", "text");
    assert!(text.ends_with(&format!("# {note}")) && warned.is_empty(), "{text}{warned}");
    assert_eq!(shown("source-y", "json").1, format!("warning: {note}"));
    assert!(!shown("source-x", "text").0.contains("no section"));
    assert!(!shown("destination-z", "text").0.contains("no section"));
}
