//! `check --base`: the connectors that a branch changes, from the git repository around the working directory.

use std::process::{Command, Output};

use serde_json::Value;

use super::stdout;
use crate::repository::TestRepository;

const CONNECTORS: &str = "airbyte-integrations/connectors";

/// A repository with three connectors on `main` and a branch `topic`, of which nothing is changed yet.
fn repository() -> TestRepository {
    let repository = TestRepository::new();
    for name in ["atlas", "harbor", "lantern"] {
        let folder = format!("{CONNECTORS}/source-{name}");
        repository.copy("corpus/demo/old/source-bookshop", &folder);
        rename(&repository, &folder, name);
    }
    repository.commit("one");
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    repository
}

/// Gives a copy of the demo a name and an id of its own.
fn rename(repository: &TestRepository, folder: &str, name: &str) {
    let path = repository.path().join(folder).join("metadata.yaml");
    let metadata = std::fs::read_to_string(&path).expect("metadata");
    let metadata = metadata.replace("source-bookshop", &format!("source-{name}"));
    let line = |line: &str| match line.trim_start().starts_with("definitionId:") {
        true => format!("  definitionId: id-of-{name}\n"),
        false => format!("{line}\n"),
    };
    std::fs::write(path, metadata.lines().map(line).collect::<String>()).expect("metadata");
}

/// Makes the change of the demo, which breaks.
fn break_it(repository: &TestRepository, name: &str) {
    let folder = format!("{CONNECTORS}/source-{name}");
    repository.copy("corpus/demo/new/source-bookshop", &folder);
    rename(repository, &folder, name);
}

fn check_in(repository: &TestRepository, folder: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_connector-diff"))
        .arg("check")
        .args(arguments)
        .current_dir(repository.path().join(folder))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env_remove("GITHUB_SHA")
        .output()
        .expect("the program runs")
}

fn check(repository: &TestRepository, arguments: &[&str]) -> Output {
    check_in(repository, "", arguments)
}

fn json(repository: &TestRepository, arguments: &[&str]) -> Value {
    let output = check(repository, &[arguments, &["--format", "json"]].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{error}: {} {}", stdout(&output), String::from_utf8_lossy(&output.stderr))
    })
}

/// The name, the outcome and both sources of each connector.
fn connectors(report: &Value) -> Vec<String> {
    let one = |report: &Value| {
        let source = |side: &str| report[side]["source"].as_str().unwrap_or("none").to_owned();
        let source = |side: &str| source(side).rsplit('/').next().unwrap_or_default().to_owned();
        let (name, outcome) = (report["name"].as_str(), report["verdict"]["outcome"].as_str());
        let (name, outcome) = (name.unwrap_or_default(), outcome.unwrap_or_default());
        format!("{name} {outcome}: {} → {}", source("old"), source("new"))
    };
    report["connectors"].as_array().expect("connectors").iter().map(one).collect()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

#[test]
fn connectors_that_the_branch_changes_are_compared_worst_first() {
    let repository = repository();
    break_it(&repository, "lantern");
    repository.write(&format!("{CONNECTORS}/source-atlas/README.md"), "# Atlas\n");
    // What happened on main since is no change of the branch.
    repository.git(&["stash", "--quiet", "--include-untracked"]);
    repository.git(&["checkout", "--quiet", "main"]);
    break_it(&repository, "harbor");
    repository.commit("two");
    repository.git(&["checkout", "--quiet", "topic"]);
    repository.git(&["stash", "pop", "--quiet"]);

    let expected = [
        "source-lantern breaking: source-lantern → source-lantern",
        "source-atlas compatible: source-atlas → source-atlas",
    ];
    for step in ["on disk", "staged", "committed"] {
        let report = json(&repository, &["--base", "main"]);
        assert_eq!(connectors(&report), expected, "{step}");
        assert_eq!(report["branch"]["base"], "main");
        assert_eq!(report["branch"]["merge_base"], true);
        let base = repository.git(&["merge-base", "main", "HEAD"]);
        assert_eq!(report["branch"]["commit"], base.trim());
        let source = report["connectors"][0]["old"]["source"].as_str().expect("a source");
        assert_eq!(source, format!("{}:{CONNECTORS}/source-lantern", &base[..12]));
        match step {
            "on disk" => drop(repository.git(&["add", "--all"])),
            _ => drop(repository.commit("three")),
        }
    }
    let output = check(&repository, &["--base", "main"]);
    assert_eq!(output.status.code(), Some(1));
    let first = stdout(&output).lines().next().unwrap_or_default().to_owned();
    assert!(first.starts_with("2 connectors since "), "{first}");
    assert!(first.ends_with("BREAKING: 1 breaks undeclared (source-lantern), 1 fine"), "{first}");

    // REV itself has the break of harbor, which the branch then takes back.
    let exact = json(&repository, &["--base", "main", "--base-exact"]);
    assert_eq!(connectors(&exact).len(), 3);
    // Other revisions than the work tree.
    let at_main = json(&repository, &["--base", "main~1", "--head", "main"]);
    assert_eq!(connectors(&at_main), ["source-harbor breaking: source-harbor → source-harbor"]);
    assert_eq!(at_main["branch"]["head"], "main");
}

#[test]
fn nothing_changed_is_said_and_passes() {
    let repository = repository();
    repository.write("docs/README.md", "# Docs\n");
    let output = check(&repository, &["--base", "main"]);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    assert!(text.starts_with("0 connectors since "), "{text}");
    assert!(text.contains(": ok: no connector changed\n"), "{text}");
    assert!(!text.contains("built artifacts"), "{text}");
    let markdown = stdout(&check(&repository, &["--base", "main", "--format", "markdown"]));
    assert!(markdown.starts_with("<!-- connector-diff -->\n### ✅ 0 connectors since "), "{markdown}");
    assert_eq!(markdown.matches("✅").count(), 1, "{markdown}");
}

#[test]
fn what_connectors_may_be_built_from_is_named() {
    let repository = repository();
    repository.write("airbyte-cdk/version.properties", "version=2\n").write("airbyte-cdk/README.md", "two\n");
    let text = stdout(&check(&repository, &["--base", "main"]));
    let note = "note: 1 file changed outside of connectors (airbyte-cdk/version.properties), and connectors may be built from \
                them: built artifacts may differ\n";
    assert!(text.contains(note), "{text}");
}

#[test]
fn connectors_come_go_and_move() {
    let repository = repository();
    let folder = |name: &str| format!("{CONNECTORS}/source-{name}");
    repository.copy("corpus/demo/old/source-bookshop", &folder("new"));
    rename(&repository, &folder("new"), "new");
    repository.delete(&folder("harbor"));
    repository.git(&["mv", &folder("lantern"), &folder("beacon")]);
    rename_in_place(&repository, &folder("beacon"), "source-lantern", "source-beacon");
    let report = json(&repository, &["--base", "main"]);
    assert_eq!(
        connectors(&report),
        [
            "source-harbor breaking: source-harbor → none",
            "source-beacon compatible: source-lantern → source-beacon",
            "source-new compatible: none → source-new",
        ]
    );
    let renamed = &report["branch"]["renamed"][0];
    assert_eq!(renamed["old"], folder("lantern"));
    assert_eq!(renamed["new"], folder("beacon"));
    // A connector that is gone can still be named.
    let gone = json(&repository, &["--base", "main", &folder("harbor")]);
    assert_eq!(connectors(&gone), ["source-harbor breaking: source-harbor → none"]);
}

#[test]
fn a_break_is_found_in_the_folder_that_takes_the_connector_over() {
    let repository = repository();
    let folder = |name: &str| format!("{CONNECTORS}/source-{name}");
    let metadata = |name: &str| repository.path().join(folder(name)).join("metadata.yaml");
    repository.copy("corpus/demo/new/source-bookshop", &folder("decoy"));
    rename(&repository, &folder("decoy"), "decoy");
    let decoy = std::fs::read_to_string(metadata("decoy")).expect("metadata");
    std::fs::write(metadata("decoy"), decoy.replace("id-of-decoy", "id-of-lantern")).expect("metadata");
    let report = json(&repository, &["--base", "main"]);
    assert_eq!(connectors(&report), ["source-decoy breaking: source-lantern → source-decoy"]);
    assert_eq!(report["branch"]["renamed"][0]["is_old_left"], true);
    let text = stdout(&check(&repository, &["--base", "main"]));
    let note = "airbyte-integrations/connectors/source-decoy takes over the definition id or the repository of \
                airbyte-integrations/connectors/source-lantern and is compared with it";
    assert!(text.replace('\n', " ").contains(note), "{text}");
}

fn rename_in_place(repository: &TestRepository, folder: &str, old: &str, new: &str) {
    let path = repository.path().join(folder).join("metadata.yaml");
    let metadata = std::fs::read_to_string(&path).expect("metadata");
    std::fs::write(path, metadata.replace(old, new)).expect("metadata");
}

#[test]
fn paths_are_taken_from_the_working_directory() {
    let repository = repository();
    break_it(&repository, "lantern");
    break_it(&repository, "harbor");
    let text = |folder: &str, arguments: &[&str]| {
        let output = check_in(&repository, folder, &[&["--base", "main"], arguments].concat());
        format!("{}{}", stdout(&output), stderr(&output))
    };
    let first = |text: String| text.lines().next().unwrap_or_default().to_owned();
    assert!(first(text("", &[&format!("{CONNECTORS}/source-lantern")])).starts_with("source-lantern 1.4.2"));
    let below = text(CONNECTORS, &["source-lantern"]);
    assert!(below.contains("--> source-lantern/manifest.yaml:"), "{below}");
    let inside = text(&format!("{CONNECTORS}/source-atlas"), &["../source-lantern"]);
    assert!(inside.contains("--> ../source-lantern/manifest.yaml:"), "{inside}");
    // One that did not change is compared too: it was asked for.
    assert!(first(text(CONNECTORS, &["source-atlas"])).starts_with("source-atlas 1.4.2"));
    assert!(first(text("", &[CONNECTORS])).starts_with("2 connectors since "));
    for (path, expected) in [
        ("../elsewhere", "error: PATH ../elsewhere lies outside of the repository"),
        (
            "none",
            "error: PATH none: expected a connector directory or a folder of them, found nothing of that name",
        ),
        ("docs", "error: PATH docs: expected a connector directory or a folder of them, found no connector"),
    ] {
        repository.write("docs/x.md", "x");
        let output = check(&repository, &["--base", "main", path]);
        assert_eq!(output.status.code(), Some(2), "{path}");
        assert!(stderr(&output).starts_with(expected), "{}", stderr(&output));
    }
}

#[test]
fn a_branch_accepts_nothing_for_itself() {
    let repository = repository();
    break_it(&repository, "lantern");
    let policy = "[rules]\nfield-type-widened-to-string = \"safe\"\nspec-enum-value-removed = \"off\"\n\
                  stream-removed = \"safe\"\n";
    repository.write(".connector-diff.toml", policy);
    let output = check(&repository, &["--base", "main"]);
    assert_eq!(output.status.code(), Some(1), "a branch that accepts its own break");
    let second = stdout(&output).lines().nth(1).unwrap_or_default().to_owned();
    assert_eq!(
        second,
        "note: the branch's own policy file adds rules.field-type-widened-to-string = \"safe\", adds \
         rules.spec-enum-value-removed = \"off\", adds rules.stream-removed = \"safe\"; that takes effect once it is merged, \
         and not here"
    );
    let named = ["--base", "main", "--config", ".connector-diff.toml"];
    assert_eq!(check(&repository, &named).status.code(), Some(1), "naming the file changes nothing");
    let levels =
        |arguments: &[&str]| json(&repository, arguments)["connectors"][0]["summary"]["breaking"].clone();
    assert_eq!(levels(&["--base", "main"]), 4);
    assert_eq!(levels(&["--base", "main", "--trust-new-policy"]), 0);

    // Merged, it holds: also where the branch then takes it away.
    repository.git(&["stash", "--quiet", "--include-untracked"]);
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write(".connector-diff.toml", policy).commit("a policy");
    repository.git(&["checkout", "--quiet", "-b", "later"]);
    break_it(&repository, "lantern");
    assert_eq!(levels(&["--base", "main"]), 0);
    repository.delete(".connector-diff.toml");
    assert_eq!(levels(&["--base", "main"]), 0);
    let text = stdout(&check(&repository, &["--base", "main"]));
    assert!(text.contains("takes away rules.stream-removed = \"safe\""), "{text}");
    // A policy outside of the repository is in nobody's branch.
    let elsewhere = tempfile::tempdir().expect("a folder");
    let file = elsewhere.path().join("policy.toml");
    std::fs::write(&file, policy).expect("a file");
    let outside = file.display().to_string();
    assert_eq!(levels(&["--base", "main", "--config", &outside]), 0);
    // Nor does anything on disk lie in a bare repository.
    repository.git(&["stash", "--quiet", "--include-untracked"]);
    repository.git(&["clone", "--quiet", "--bare", ".", "bare.git"]);
    let bare = Command::new(env!("CARGO_BIN_EXE_connector-diff"))
        .args(["check", "--base", "main", "--config", &outside])
        .current_dir(repository.path().join("bare.git"))
        .env("GIT_DIR", ".")
        .output()
        .expect("the program runs");
    assert_eq!(bare.status.code(), Some(0), "{}", stderr(&bare));
}

#[test]
fn what_is_trusted_may_mend_a_policy_that_cannot_be_read() {
    let repository = repository();
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write(".connector-diff.toml", "[rules\n").commit("a broken policy");
    repository.git(&["checkout", "--quiet", "-b", "later"]);
    repository.write(".connector-diff.toml", "[rules]\n");
    assert_eq!(check(&repository, &["--base", "main"]).status.code(), Some(2));
    assert_eq!(check(&repository, &["--base", "main", "--trust-new-policy"]).status.code(), Some(0));
    // One with mistakes stops the next run, so it stops this one.
    repository.write(".connector-diff.toml", "[rulez]\n");
    let output = check(&repository, &["--base", "main"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains(".connector-diff.toml:1"), "{}", stderr(&output));
}

#[test]
fn a_connector_that_cannot_be_read_leaves_the_others_whole() {
    let repository = repository();
    break_it(&repository, "lantern");
    repository.write(&format!("{CONNECTORS}/source-atlas/manifest.yaml"), "a: [\n");
    let output = check(&repository, &["--base", "main"]);
    assert_eq!(output.status.code(), Some(3), "what cannot be read wins over what breaks");
    let text = stdout(&output);
    let first = text.lines().next().unwrap_or_default();
    assert!(first.contains("1 breaks undeclared (source-lantern)"), "{first}");
    assert!(first.contains("1 could not be read or compared (source-atlas)"), "{first}");
    assert!(text.contains("breaking[stream-removed]"), "{text}");
    assert!(
        text.ends_with("all together: fails: 1 of 2 connectors, and 1 could not be read or compared\n"),
        "{text}"
    );
    let report = json(&repository, &["--base", "main"]);
    assert_eq!(report["connectors"].as_array().map(Vec::len), Some(2));
    // What stood there before is coverage, and nobody's fault.
    repository.commit("two");
    repository.write(&format!("{CONNECTORS}/source-atlas/README.md"), "# Atlas\n");
    let output = check(&repository, &["--base", "HEAD"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
}

#[test]
fn other_repositories_and_links_out_are_not_read() {
    let repository = repository();
    let inner = TestRepository::new();
    inner.write("manifest.yaml", "type: DeclarativeSource\n").commit("one");
    let address = inner.path().display().to_string();
    repository.git(&["submodule", "--quiet", "add", &address, &format!("{CONNECTORS}/source-inner")]);
    let text = stdout(&check(&repository, &["--base", "main"]));
    assert!(
        text.contains(&format!("note: other repositories were not looked into: {CONNECTORS}/source-inner\n")),
        "{text}"
    );
    #[cfg(unix)]
    {
        let secret = repository.write("secret", "type: DeclarativeSource\n").path().join("secret");
        let manifest = repository.path().join(format!("{CONNECTORS}/source-atlas/manifest.yaml"));
        std::fs::remove_file(&manifest).expect("a manifest");
        std::os::unix::fs::symlink(secret, manifest).expect("a link");
        repository.commit("two");
        let output = check(&repository, &["--base", "main"]);
        assert_eq!(output.status.code(), Some(3), "{}", stdout(&output));
        assert!(!stdout(&output).contains("DeclarativeSource"), "{}", stdout(&output));
    }
}

#[test]
fn questions_that_git_cannot_answer_are_usage() {
    let repository = repository();
    let nowhere = tempfile::tempdir().expect("a folder");
    let run = |folder: &std::path::Path, arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_connector-diff"))
            .arg("check")
            .args(arguments)
            .current_dir(folder)
            .output()
            .expect("the program runs")
    };
    for (folder, arguments, expected) in [
        (nowhere.path().to_owned(), vec!["--base", "main"], "error: .: expected a git repository here"),
        (
            repository.path(),
            vec!["--base", "mian"],
            "error: mian: expected a revision, found none of that name: did you mean main?",
        ),
        (
            repository.path(),
            vec!["--base", "main", "--old-spec", "x.json"],
            "error: --old-spec is about one connector",
        ),
        (repository.path(), vec!["--base", "main", "--name", "x"], "error: --name is about one connector"),
        (repository.path(), vec!["--base-exact", "a", "b"], "error: the following required arguments"),
        (
            repository.path(),
            vec!["main:none", "."],
            "error: OLD main:none: found no file of that name, and as a revision",
        ),
    ] {
        let output = run(&folder, &arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).starts_with(expected), "{arguments:?}: {}", stderr(&output));
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
    let without = Command::new(env!("CARGO_BIN_EXE_connector-diff"))
        .args(["check", "--base", "main"])
        .current_dir(repository.path())
        .env("PATH", nowhere.path())
        .output()
        .expect("the program runs");
    assert_eq!(without.status.code(), Some(2));
    assert!(stderr(&without).starts_with("error: expected the program git on PATH"), "{}", stderr(&without));
}

#[test]
fn a_partial_clone_says_what_to_fetch() {
    let repository = repository();
    repository.git(&["config", "uploadpack.allowFilter", "true"]);
    break_it(&repository, "lantern");
    repository.commit("two");
    let folder = tempfile::tempdir().expect("a folder");
    let address = format!("file://{}", repository.path().display());
    let clone = ["clone", "--quiet", "--no-checkout", "--filter=blob:none", &address, "partial"];
    assert!(crate::repository::git(folder.path(), &clone).status.success());
    let output = Command::new(env!("CARGO_BIN_EXE_connector-diff"))
        .args(["check", "--base", "HEAD~1", "--head", "HEAD"])
        .current_dir(folder.path().join("partial"))
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    assert!(stderr(&output).contains("this clone is partial"), "{}", stderr(&output));
}

#[test]
fn sides_may_be_revisions() {
    let repository = repository();
    break_it(&repository, "lantern");
    let side = format!("main:{CONNECTORS}/source-lantern");
    let here = format!("{CONNECTORS}/source-lantern");
    let output = check(&repository, &[&side, &here]);
    assert_eq!(output.status.code(), Some(1));
    let relative = check_in(&repository, CONNECTORS, &["main:./source-lantern", "source-lantern", "-q"]);
    assert_eq!(relative.status.code(), Some(1));
    let file =
        check(&repository, &[&format!("{side}/manifest.yaml"), &format!("{here}/manifest.yaml"), "-q"]);
    assert_eq!(file.status.code(), Some(1));
    // A file of that name comes first, and `git:` says which is meant.
    let named = format!("main:{CONNECTORS}");
    repository.copy("corpus/demo/old/source-bookshop", &format!("{named}/source-lantern"));
    assert_eq!(check(&repository, &[&side, &side, "-q"]).status.code(), Some(0));
    let shown = stdout(&check(&repository, &[&format!("git:{side}"), &here, "--format", "json"]));
    assert!(shown.contains(&format!("\"source\": \"{side}\"")), "{shown}");
}

#[test]
fn a_file_of_the_branch_hides_no_connector() {
    for (path, text) in [
        ("metadata.yaml", "data:\n  dockerRepository: lantern/source-other\n"),
        (
            "airbyte-integrations/connectors/metadata.yaml",
            "data:\n  dockerRepository: lantern/source-other\n",
        ),
        ("airbyte-integrations/manifest.yaml", "type: DeclarativeSource\n"),
    ] {
        let repository = repository();
        break_it(&repository, "lantern");
        repository.write(path, text);
        let output = check(&repository, &["--base", "main"]);
        assert_ne!(output.status.code(), Some(0), "{path}: {}", stdout(&output));
        assert!(stdout(&output).contains("source-lantern 1.4.2 → 1.5.0"), "{path}: {}", stdout(&output));
        // It hides none once it is merged either.
        repository.git(&["stash", "--quiet", "--include-untracked"]);
        repository.write(path, text).commit("merged");
        repository.git(&["branch", "--force", "main", "HEAD"]);
        break_it(&repository, "lantern");
        let output = check(&repository, &["--base", "main"]);
        assert_ne!(output.status.code(), Some(0), "{path}: {}", stdout(&output));
        assert!(stdout(&output).contains("source-lantern 1.4.2 → 1.5.0"), "{path}: {}", stdout(&output));
    }
}

#[test]
fn a_path_names_what_moved_there() {
    let repository = repository();
    let folder = |name: &str| format!("{CONNECTORS}/source-{name}");
    repository.git(&["mv", &folder("lantern"), &folder("beacon")]);
    repository.copy("corpus/demo/new/source-bookshop", &folder("beacon"));
    rename(&repository, &folder("beacon"), "lantern");
    for path in [folder("beacon"), folder("lantern"), CONNECTORS.to_owned()] {
        let report = json(&repository, &["--base", "main", &path]);
        assert_eq!(
            connectors(&report),
            ["source-lantern breaking: source-lantern → source-beacon"],
            "{path}"
        );
    }
}

#[test]
fn a_folder_of_which_every_file_is_deleted_is_one_change() {
    let repository = repository();
    let folder = format!("{CONNECTORS}/source-lantern/source_lantern/schemas");
    for number in 0..3_000 {
        repository.write(&format!("{folder}/s{number}/x.json"), "{}");
    }
    repository.commit("many");
    repository.delete(&folder);
    let report = json(&repository, &["--base", "HEAD"]);
    assert_eq!(connectors(&report).len(), 1);
}

#[cfg(unix)]
#[test]
fn links_of_the_branch_lead_nothing_out() {
    use std::os::unix::fs::symlink;

    let repository = repository();
    break_it(&repository, "lantern");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let lax = elsewhere.path().join("lax.toml");
    std::fs::write(&lax, "fail-on = \"never\"\n").expect("a file");
    repository.write("policy.toml", "fail-on = \"undeclared\"\n").commit("a policy");
    repository.git(&["branch", "--force", "main", "HEAD~1"]);
    let policy = repository.path().join("policy.toml");
    repository.delete("policy.toml");
    symlink(&lax, &policy).expect("a link");
    // Named from the root of the file system it is the file of the repository all the same.
    let named = policy.display().to_string();
    let output = check(&repository, &["--base", "main", "--config", &named]);
    assert_ne!(output.status.code(), Some(0), "{}", stdout(&output));
    repository.delete("policy.toml");

    symlink(".git/config", repository.path().join("junit.xml")).expect("a link");
    let before = std::fs::read(repository.path().join(".git/config")).expect("a config");
    let output = check(&repository, &["--base", "main", "--output", "concise=junit.xml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("is a link, which the branch may have brought"), "{}", stderr(&output));
    assert_eq!(std::fs::read(repository.path().join(".git/config")).expect("a config"), before);
}

#[test]
fn a_repository_that_is_brought_as_files_is_not_asked() {
    let repository = repository();
    let inner = TestRepository::new();
    inner.write("x", "x").commit("one");
    let evil = repository.path().join(CONNECTORS).join("evil");
    std::fs::create_dir_all(&evil).expect("a folder");
    for name in ["HEAD", "config", "objects", "refs"] {
        let from = inner.path().join(".git").join(name);
        let copied = Command::new("cp").arg("-r").arg(from).arg(&evil).status().expect("cp runs");
        assert!(copied.success(), "{name}");
    }
    let output = check_in(&repository, &format!("{CONNECTORS}/evil"), &["--base", "main"]);
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
}
