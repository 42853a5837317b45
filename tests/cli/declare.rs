//! What `declare` prints and writes, on metadata as people write it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{run, stdout};

const TODAY: [&str; 2] = ["--today", "2026-11-29"];
const NAME: &str = "airbyte-integrations/connectors/source-bookshop";
const PAGE: &str = "# Bookshop\n\n## Changelog\n\n<details>\n\n| Version | Date | Pull Request | Subject |\n|:--|:--|:--|:--|\n| 1.4.2 | 2026-01-02 | [1](https://github.com/airbytehq/airbyte/pull/1) | Update |\n\n</details>\n";
const GUIDE: &str = "# Bookshop Migration Guide\n\n## Upgrading to 1.0.0\n\nIt is stable.\n";

/// The lines of the metadata that every case has.
const DATA: &str = "  connectorType: source\n  definitionId: 5c1f7a52-7f0e-4d43-9a83-0d6a6b1d8c11\n  documentationUrl: https://docs.airbyte.com/integrations/sources/bookshop\n  dockerRepository: airbyte/source-bookshop\n  name: Bookshop\n";

/// An old version, and a repository that has the new one.
struct Case {
    folder: tempfile::TempDir,
}

impl Case {
    fn new(old_metadata: &str, new_metadata: &str) -> Self {
        Self::of(old_metadata, new_metadata, |manifest| {
            manifest
                .replace("zip: {type: [integer, \"null\"]}", "zip: {type: [string, \"null\"]}")
                .replace("      stars: {type: [integer, \"null\"]}\n", "")
        })
    }

    fn of(old_metadata: &str, new_metadata: &str, edit: impl Fn(&str) -> String) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let case = Self { folder };
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let manifest = fs::read_to_string(root.join("corpus/demo/old/source-bookshop/manifest.yaml"));
        let manifest = manifest.expect("the manifest");
        let docs = case.path("repo/docs/integrations/sources");
        for folder in [case.old(), case.new_side(), docs.clone()] {
            fs::create_dir_all(folder).expect("a folder");
        }
        fs::write(case.old().join("metadata.yaml"), old_metadata).expect("a file");
        fs::write(case.old().join("manifest.yaml"), &manifest).expect("a file");
        fs::write(case.new_side().join("metadata.yaml"), new_metadata).expect("a file");
        fs::write(case.new_side().join("manifest.yaml"), edit(&manifest)).expect("a file");
        fs::write(docs.join("bookshop.md"), PAGE).expect("a file");
        fs::write(docs.join("bookshop-migrations.md"), GUIDE).expect("a file");
        case
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn old(&self) -> PathBuf {
        self.path("old/source-bookshop")
    }

    fn new_side(&self) -> PathBuf {
        self.path("repo").join(NAME)
    }

    fn docs(&self, name: &str) -> PathBuf {
        self.path("repo/docs/integrations/sources").join(name)
    }

    fn run(&self, command: &str, more: &[&str]) -> (Option<i32>, String, String) {
        let (old, new) = (self.old(), self.new_side());
        let sides = [command, old.to_str().expect("UTF-8"), new.to_str().expect("UTF-8")];
        let output = run(&[&sides, more, &TODAY].concat());
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), stdout(&output), errors)
    }

    /// Every file of the repository.
    fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let names = [
            self.new_side().join("metadata.yaml"),
            self.docs("bookshop.md"),
            self.docs("bookshop-migrations.md"),
        ];
        names.into_iter().map(|name| (name.clone(), fs::read(&name).unwrap_or_default())).collect()
    }

    /// The diff; then what it says is written, the check passes, and nothing is left.
    fn declared(&self) -> String {
        let before = self.files();
        let (code, diff, errors) = self.run("declare", &[]);
        assert_eq!((code, self.files()), (Some(0), before), "{errors}");
        let (code, said, errors) = self.run("declare", &["--write"]);
        assert_eq!(code, Some(0), "{errors}");
        assert!(said.starts_with("edited ") || said.starts_with("created "), "{said}");
        let (code, report, _) = self.run("check", &["--fail-on", "undeclared"]);
        assert_eq!(code, Some(0), "{report}");
        let after = self.files();
        let (code, again, _) = self.run("declare", &["--write"]);
        assert!(code == Some(0) && again.starts_with("Nothing to do: "), "{again}");
        assert_eq!(self.files(), after);
        diff
    }

    /// What is said where nothing can be written; nothing is.
    fn refused(&self, code: i32) -> String {
        let before = self.files();
        let (found, _, errors) = self.run("declare", &["--write"]);
        assert_eq!((found, self.files()), (Some(code), before), "{errors}");
        errors
    }
}

fn metadata(version: &str, more: &str) -> String {
    format!(
        "# Of the bookshop.\ndata:\n{DATA}  dockerImageTag: {version} # the image\n{more}metadataSpecVersion: \"1.0\"\n"
    )
}

#[test]
fn block_style_with_comments() {
    let more = "  releases:\n    # What broke.\n    breakingChanges:\n      1.0.0:\n        message: \"Stable. See https://docs.airbyte.com\"\n        upgradeDeadline: \"2025-01-01\" # passed\n        # end of 1.0.0\n    rolloutConfiguration:\n      enableProgressiveRollout: false\n  tags:\n    - language:manifest-only\n";
    let case = Case::new(&metadata("1.4.2", more), &metadata("1.4.2", more));
    insta::assert_snapshot!("declare_block", case.declared());
}

#[test]
fn flow_style() {
    let of = |version: &str| {
        format!(
            "data: {{name: Bookshop, connectorType: source, dockerRepository: airbyte/source-bookshop, documentationUrl: 'https://docs.airbyte.com/integrations/sources/bookshop', dockerImageTag: '{version}', releases: {{breakingChanges: {{1.0.0: {{message: m, upgradeDeadline: \"2025-01-01\"}}}}}}}}\n"
        )
    };
    insta::assert_snapshot!("declare_flow", Case::new(&of("1.4.2"), &of("1.5.0")).declared());
}

#[test]
fn windows_lines_quoted_keys_and_a_mark() {
    let more = "  releases:\n    \"breakingChanges\":\n      \"1.0.0\":\n        message: m\n";
    let text = format!("data:\n{DATA}  dockerImageTag: \"1.4.2\"\n{more}");
    let text = format!("\u{feff}{}", text.trim_end().replace('\n', "\r\n"));
    let case = Case::new(&text, &text);
    fs::write(case.docs("bookshop-migrations.md"), GUIDE.replace('\n', "\r\n")).expect("a file");
    let diff = case.declared();
    for line in diff.split("\n# Pull request").next().expect("a diff").lines() {
        let is_of_page = line.contains("| 1.4.2") || line.contains("| 2.0.0");
        assert!(
            !line.contains("2.0.0:") || line.ends_with('\r') || line.contains('`') || is_of_page,
            "{line:?}"
        );
    }
    let written = fs::read_to_string(case.new_side().join("metadata.yaml")).expect("the metadata");
    assert!(written.starts_with('\u{feff}') && !written.ends_with('\n'), "{written:?}");
    assert_eq!(written.matches('\n').count(), written.matches("\r\n").count());
    insta::assert_snapshot!("declare_windows", diff.replace('\r', "␍"));
}

#[test]
fn entries_in_odd_order() {
    let more = "  releases:\n    breakingChanges:\n      1.0.0: {message: a, upgradeDeadline: \"2025-01-01\"}\n      0.5.0: {message: b, upgradeDeadline: \"2025-01-01\"}\n      1.2.0: {message: c, upgradeDeadline: \"2025-01-01\"}\n";
    let case = Case::new(&metadata("1.4.2", more), &metadata("1.4.2", more));
    insta::assert_snapshot!("declare_odd_order", case.declared());
}

#[test]
fn no_releases_and_no_guide() {
    let case = Case::new(&metadata("1.4.2", ""), &metadata("1.4.2", "  tags: []\n"));
    fs::remove_file(case.docs("bookshop-migrations.md")).expect("a file");
    insta::assert_snapshot!("declare_no_releases", case.declared());
}

#[test]
fn a_scope_that_is_too_small_gets_the_missing_streams() {
    let more = "  releases:\n    breakingChanges:\n      2.0.0:\n        message: \"`zip` is a text now. Users who sync `orders` must refresh it. See https://docs.airbyte.com/integrations/sources/bookshop-migrations\"\n        upgradeDeadline: \"2027-03-01\"\n        deadlineAction: disable\n        scopedImpact:\n        - scopeType: stream\n          impactedScopes:\n          - \"orders\" # of zip\n";
    let case = Case::new(&metadata("1.4.2", ""), &metadata("2.0.0", more));
    insta::assert_snapshot!("declare_narrow", case.declared());
}

#[test]
fn a_scope_beside_a_break_for_everyone_is_dropped() {
    let more = "  releases:\n    breakingChanges:\n      2.0.0:\n        message: \"`zip` is a text now. See https://docs.airbyte.com/integrations/sources/bookshop-migrations\"\n        scopedImpact:\n          - scopeType: stream\n            impactedScopes: [orders]\n          # all of it\n      # the end\n";
    let case = Case::of(&metadata("1.4.2", ""), &metadata("1.4.2", more), |manifest| {
        manifest.replace("enum: [us, eu, uk]", "enum: [us, eu]")
    });
    let diff = case.declared();
    let diff: Vec<&str> = diff.lines().filter(|line| line.starts_with(['+', '-'])).skip(2).take(8).collect();
    assert_eq!(
        diff,
        [
            "-  dockerImageTag: 1.4.2 # the image",
            "+  dockerImageTag: 2.0.0 # the image",
            "+        deadlineAction: disable",
            "-        scopedImpact:",
            "-          - scopeType: stream",
            "-            impactedScopes: [orders]",
            "-          # all of it",
            "+        upgradeDeadline: \"2026-12-13\"",
        ]
    );
}

#[test]
fn a_later_version_keeps_the_entry_that_is_there() {
    let more = "  releases:\n    breakingChanges:\n      2.0.0:\n        message: \"It breaks. See https://docs.airbyte.com/integrations/sources/bookshop-migrations\"\n        upgradeDeadline: \"2027-03-01\"\n        deadlineAction: disable\n";
    let case = Case::new(&metadata("1.4.2", ""), &metadata("2.0.1", more));
    let diff = case.declared();
    assert!(!diff.contains("metadata.yaml") && diff.contains("+## Upgrading to 2.0.0\n"), "{diff}");
    assert!(
        diff.contains("+| 2.0.1 | ")
            && diff.contains("- [x] A section of the migration guide (`2.0.0`): done"),
        "{diff}"
    );
}

#[test]
fn an_entry_that_says_nothing_yet_is_written_whole() {
    let more = |entry: &str| format!("  releases:\n    breakingChanges:\n      2.0.0:{entry}\n");
    for blank in ["", " {}", " null", " # soon"] {
        let case = Case::new(&metadata("1.4.2", ""), &metadata("2.0.0", &more(blank)));
        case.declared();
        let written = fs::read_to_string(case.new_side().join("metadata.yaml")).expect("the metadata");
        let value = connector_diff::load::parse_yaml(&written).expect("YAML");
        let entry = &value["data"]["releases"]["breakingChanges"]["2.0.0"];
        let scope = serde_json::json!([{"scopeType": "stream", "impactedScopes": ["orders", "reviews"]}]);
        assert_eq!(entry["scopedImpact"], scope, "{blank:?}: {written}");
        assert!(entry["message"].is_string() && entry["upgradeDeadline"] == "2026-12-13", "{written}");
    }
    // Whoever wrote a message and no scope warns everyone.
    let case = Case::new(&metadata("1.4.2", ""), &metadata("2.0.0", &more(" {message: All of it changed.}")));
    let diff = case.declared();
    assert!(diff.contains("deadlineAction") && !diff.contains("scopedImpact"), "{diff}");
}

#[test]
fn a_major_version_gets_an_entry_of_its_own() {
    let url = "https://docs.airbyte.com/integrations/sources/bookshop-migrations";
    let more = format!(
        "  releases:\n    breakingChanges:\n      1.5.0:\n        message: \"It breaks. See {url}\"\n        upgradeDeadline: \"2027-03-01\"\n        deadlineAction: disable\n"
    );
    let of = |version: &str| {
        let case = Case::new(&metadata("1.4.2", ""), &metadata(version, &more));
        let guide = GUIDE.replace("## Up", "## Upgrading to 1.5.0\n\nIt breaks.\n\n## Up");
        fs::write(case.docs("bookshop-migrations.md"), guide).expect("a file");
        case
    };
    for version in ["1.4.2", "2.0.0"] {
        let diff = of(version).declared();
        assert!(diff.contains("+      2.0.0:\n") && diff.contains("+## Upgrading to 2.0.0\n"), "{diff}");
    }
    let diff = of("2.0.1").declared();
    assert!(!diff.contains("metadata.yaml") && diff.contains("+| 2.0.1 | "), "{diff}");
}

#[test]
fn what_only_people_can_fix_is_named() {
    let of = |deadline: &str| {
        let more = format!(
            "  releases:\n    breakingChanges:\n      2.0.0:\n        message: \"It breaks. See https://docs.airbyte.com/integrations/sources/bookshop-migrations\"\n        upgradeDeadline: \"{deadline}\"\n        deadlineAction: disable\n"
        );
        let case = Case::new(&metadata("1.4.2", ""), &metadata("2.0.0", &more));
        assert_eq!(case.run("declare", &["--write"]).0, Some(0));
        case
    };
    let left = |case: &Case, said: &str| {
        let (code, out, _) = case.run("declare", &[]);
        assert_eq!(code, Some(0), "{out}");
        let start = "declare has nothing to edit, and version 2.0.0 is not ready. Fix this by hand:\n- ";
        assert!(out.starts_with(start) && !out.contains("Nothing to do"), "{out}");
        let end = out.find("\n\n").expect("a blank line");
        assert!(out[..end].contains(said), "{out}");
        assert_eq!(case.run("check", &["--fail-on", "undeclared"]).0, Some(1));
    };
    let case = of("2027-03-01");
    assert!(case.run("declare", &[]).1.starts_with("Nothing to do: version 2.0.0 has all"));
    let guide = fs::read_to_string(case.docs("bookshop-migrations.md")).expect("the guide");
    fs::write(case.docs("bookshop-migrations.md"), guide.replace("# Bookshop M", "# Shop M"))
        .expect("a file");
    left(&case, "no title # Bookshop Migration Guide");
    left(&of("2026-01-01"), "2026-01-01");
    left(&of("2026-12-01"), "2026-12-01");
    let case = of("2027-03-01");
    fs::write(case.docs("bookshop.md"), "# Bookshop\n\n## Changelog\n\nSee there.\n").expect("a file");
    left(&case, "the changelog has no line for 2.0.0");
}

#[test]
fn the_line_goes_to_the_page_that_the_metadata_names() {
    let of = |page: &str| {
        let more = metadata("1.4.2", "").replace("sources/bookshop\n", &format!("sources/{page}\n"));
        let case = Case::new(&metadata("1.4.2", ""), &more);
        let other = PAGE.replace("# Bookshop", "# Books");
        fs::write(case.docs("books.md"), other).expect("a file");
        case
    };
    // The line goes to the connector's own page where the address leads to none; that is left to people.
    let (code, lost, notes) = of("lost").run("declare", &[]);
    assert!(code == Some(0) && notes.contains("left to you: documentationUrl leads to docs/"), "{notes}");
    for (diff, page, other) in [
        (of("books/").declared(), "books", "bookshop"),
        (of("bookshop").declared(), "bookshop", "books"),
        (lost, "bookshop", "books"),
    ] {
        let has = |page: &str| diff.contains(&format!("+++ b/docs/integrations/sources/{page}.md\n"));
        assert!(has(page) && !has(other) && has("bookshop-migrations"), "{diff}");
    }
}

#[test]
fn user_impact_says_what_the_entry_says() {
    for (action, then) in [
        ("        deadlineAction: auto_upgrade\n", "upgrades the connections"),
        ("        deadlineAction: disable\n", "disables the connections"),
        ("", "disables the connections"),
    ] {
        let more = format!(
            "  releases:\n    breakingChanges:\n      2.0.0:\n        message: \"It breaks. See https://docs.airbyte.com/integrations/sources/bookshop-migrations\"\n        upgradeDeadline: \"2027-03-01\"\n{action}"
        );
        let diff = Case::new(&metadata("1.4.2", ""), &metadata("2.0.0", &more)).declared();
        assert!(
            diff.contains(&format!("\nOn 2027-03-01 the platform {then} that are not upgraded.\n")),
            "{diff}"
        );
    }
}

#[test]
fn a_break_is_no_candidate_of_a_major_version() {
    let diff = Case::new(&metadata("1.4.2", ""), &metadata("2.0.0-rc.1", "")).declared();
    assert!(
        diff.contains("-  dockerImageTag: 2.0.0-rc.1 # the image\n+  dockerImageTag: 2.0.0 # the image\n")
            && diff.contains("+| 2.0.0 | ")
            && !diff.contains("+| 2.0.0-rc.1"),
        "{diff}"
    );
    // What breaks nobody keeps the version that people chose.
    let case = Case::of(&metadata("1.4.2", ""), &metadata("1.5.0-rc.1", ""), |manifest| {
        manifest.replace("      stars: {", "      likes: {type: [integer, \"null\"]}\n      stars: {")
    });
    let (code, diff, _) = case.run("declare", &[]);
    assert!(
        code == Some(0) && !diff.contains("dockerImageTag: 1.5.0 ") && diff.contains("+| 1.5.0-rc.1 | "),
        "{diff}"
    );
}

#[test]
fn new_may_be_named_by_where_one_stands() {
    let case = Case::new(&metadata("1.4.2", ""), &metadata("1.4.2", ""));
    let expected = case.run("declare", &[]).1;
    let unit = case.new_side().join("unit");
    fs::create_dir_all(&unit).expect("a folder");
    let old = case.old();
    let old = old.to_str().expect("UTF-8");
    for (at, new) in [(unit, ".."), (case.new_side(), "."), (case.path("repo"), NAME)] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_connector-diff"));
        let output = program.args(["declare", old, new]).args(TODAY).current_dir(at).output();
        assert_eq!(stdout(&output.expect("the program runs")), expected, "{new}");
    }
    assert!(expected.contains("+++ b/docs/integrations/sources/bookshop.md\n"), "{expected}");
}

#[cfg(unix)]
#[test]
fn new_may_be_a_link() {
    use std::os::unix::fs::symlink;

    let case = Case::new(&metadata("1.4.2", ""), &metadata("1.4.2", ""));
    let expected = case.run("declare", &[]).1;
    let link = case.path("elsewhere/new");
    fs::create_dir_all(case.path("elsewhere")).expect("a folder");
    symlink(case.new_side(), &link).expect("a link");
    let (old, new) = (case.old(), link.to_str().expect("UTF-8").to_owned());
    let sides = ["declare", old.to_str().expect("UTF-8"), new.as_str()];
    assert_eq!(stdout(&run(&[&sides[..], &TODAY].concat())), expected);
    assert_eq!(run(&[&sides[..], &["--write"], &TODAY].concat()).status.code(), Some(0));
    assert!(case.run("declare", &[]).1.starts_with("Nothing to do: "));
    assert!(fs::read_to_string(case.docs("bookshop.md")).expect("the page").contains("| 2.0.0 |"));
    assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());
}

#[test]
fn a_title_counts_as_a_report_does() {
    let edits: [(&str, &[(&str, &str)]); 3] = [
        // One change that reaches two places, and another.
        ("2 breaking", &[("zip: {type: [integer,", "zip: {type: [string,"), ("stars: {", "points: {")]),
        // One change for everyone, beside them.
        (
            "3 breaking",
            &[
                ("zip: {type: [integer,", "zip: {type: [string,"),
                ("stars: {", "points: {"),
                ("enum: [us, eu, uk]", "enum: [us, eu]"),
            ],
        ),
        ("2 breaking", &[("stars: {", "points: {"), ("enum: [us, eu, uk]", "enum: [us, eu]")]),
    ];
    for (count, edits) in edits {
        let case = Case::of(&metadata("1.4.2", ""), &metadata("1.4.2", ""), |manifest| {
            edits.iter().fold(manifest.to_owned(), |text, (old, new)| text.replace(old, new))
        });
        let report = case.run("check", &[]).1;
        assert!(report.contains(count), "{count}: {report}");
        let diff = case.declared();
        assert!(diff.contains(&format!(": {count} changes")), "{count}: {diff}");
    }
}

#[test]
fn a_downgrade_that_is_not_safe_is_said() {
    let case = Case::of(&metadata("1.4.2", ""), &metadata("1.4.2", ""), |manifest| {
        let manifest = manifest.replace("datetime_format: \"%Y-%m-%dT%H:%M:%SZ\"", "datetime_format: \"%s\"");
        manifest.replace("zip: {type: [integer, \"null\"]}", "zip: {type: [string, \"null\"]}")
    });
    let diff = case.declared();
    assert!(diff.contains("+    unsafeDowngrades:\n+      2.0.0:\n+        message: \"Version 1.4.2 cannot read the state that 2.0.0 saves of `books`, `orders`."), "{diff}");
    assert!(diff.contains("\nNO ❌: "), "{diff}");
}

#[test]
fn a_release_that_breaks_nobody_gets_a_version_and_a_line() {
    let case = Case::of(&metadata("1.4.2", ""), &metadata("1.4.2", ""), |manifest| {
        manifest.replace("      stars: {", "      likes: {type: [integer, \"null\"]}\n      stars: {")
    });
    let (code, diff, _) = case.run("declare", &[]);
    assert!(code == Some(0) && !diff.contains("breakingChanges") && !diff.contains('🚨'), "{diff}");
    assert!(
        diff.contains("+  dockerImageTag: 1.5.0 # the image\n") && diff.contains("+| 1.5.0 | 2026-11-29 | "),
        "{diff}"
    );
    assert_eq!(case.run("declare", &["--write"]).0, Some(0));
    assert!(case.run("declare", &[]).1.starts_with("Nothing to do: "));
    let same = Case::of(&metadata("1.4.2", ""), &metadata("1.4.2", ""), str::to_owned);
    let (code, said, _) = same.run("declare", &["--write"]);
    assert_eq!(
        (code, said.as_str()),
        (Some(0), "Nothing to do: version 1.4.2 stays: nothing that was found asks for another.\n")
    );
}

#[test]
fn without_docs_the_section_is_printed() {
    let case = Case::new(&metadata("1.4.2", ""), &metadata("1.4.2", ""));
    fs::remove_dir_all(case.path("repo/docs")).expect("the docs");
    let (code, said, errors) = case.run("declare", &["--write"]);
    assert_eq!(code, Some(0), "{errors}");
    let section = "\n# For docs/integrations/sources/bookshop-migrations.md\n\n## Upgrading to 2.0.0\n";
    assert!(
        said.contains(section) && errors.contains("docs/integrations/sources is in none of the folders"),
        "{said}"
    );
}

#[test]
fn pyproject_repeats_the_version() {
    let case = Case::new(&metadata("1.4.2", ""), &metadata("1.4.2", ""));
    let file = case.new_side().join("pyproject.toml");
    let text = "[tool.poetry]\nname = \"source-bookshop\"\nversion = \"1.4.2\" # as the image\n\n[tool.poetry.dependencies]\nx = \"1.4.2\"\n";
    fs::write(&file, text).expect("a file");
    assert_eq!(case.run("declare", &["--write"]).0, Some(0));
    let written = fs::read_to_string(&file).expect("the file");
    assert_eq!(written, text.replacen("version = \"1.4.2\"", "version = \"2.0.0\"", 1));
}

#[test]
fn other_files_that_repeat_the_version_are_named() {
    let case = Case::new(&metadata("1.4.2", ""), &metadata("1.4.2", ""));
    let docker = "FROM x:1.4.2\nLABEL io.airbyte.version=1.4.2\n";
    for (file, text) in [("Dockerfile", docker), ("setup.py", "setup(\n    version='1.4.2',\n)\n")] {
        fs::write(case.new_side().join(file), text).expect("a file");
    }
    fs::write(case.new_side().join("gradle.properties"), "cdkversion=1.4.2\nversion=1.4.20\n")
        .expect("a file");
    let (code, _, notes) = case.run("declare", &[]);
    assert_eq!(code, Some(0), "{notes}");
    for said in ["Dockerfile:2 has the version 1.4.2: it is left to you", "setup.py:2 has the version 1.4.2"]
    {
        assert!(notes.contains(said), "{notes}");
    }
    assert!(!notes.contains("gradle"), "{notes}");
}

#[test]
fn what_cannot_be_edited_is_refused() {
    let good = || Case::new(&metadata("1.4.2", ""), &metadata("1.4.2", ""));
    let case = good();
    fs::write(case.docs("bookshop.md"), format!("<<<<<<< ours\n{PAGE}=======\n>>>>>>> theirs\n"))
        .expect("a file");
    let said = case.refused(3);
    assert!(
        said.contains("bookshop.md:1: expected a merged file, found the marker of a merge conflict"),
        "{said}"
    );

    let case = good();
    fs::write(case.docs("bookshop-migrations.md"), b"# x\n\n\xff\n").expect("a file");
    let said = case.refused(3);
    assert!(said.contains("bookshop-migrations.md:3: expected UTF-8 text"), "{said}");

    let alias =
        format!("x: &r {{breakingChanges: {{}}}}\ndata:\n{DATA}  dockerImageTag: 1.4.2\n  releases: *r\n");
    let said = Case::new(&metadata("1.4.2", ""), &alias).refused(3);
    assert!(
        said.contains("metadata.yaml:9: expected data.releases to be written out, found the alias *r"),
        "{said}"
    );

    let said = Case::new(&metadata("1.4.2", ""), &metadata("next", "")).refused(3);
    assert!(said.contains("expected a dockerImageTag such as 1.2.3, found next"), "{said}");

    let case = good();
    fs::remove_file(case.new_side().join("metadata.yaml")).expect("a file");
    let said = case.refused(2);
    assert!(said.contains("has no metadata.yaml"), "{said}");

    let old = good();
    let old = old.old();
    let old = old.to_str().expect("UTF-8");
    for new in ["/dev/null", &format!("{old}/metadata.yaml")] {
        assert_eq!(run(&["declare", old, new]).status.code(), Some(2), "{new}");
    }
    assert_eq!(
        run(&["declare", old, old, "--new-metadata", &format!("{old}/metadata.yaml")]).status.code(),
        Some(2)
    );
}

#[cfg(unix)]
/// Runs git in the repository of a case; `None` where git is not there.
fn git(case: &Case, arguments: &[&str]) -> Option<bool> {
    let own = ["-c", "user.name=a", "-c", "user.email=a@b.test", "-c", "commit.gpgsign=false"];
    let mut git = Command::new("git");
    git.args(own).args(arguments).current_dir(case.path("repo"));
    git.env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", case.folder.path());
    git.output().ok().map(|output| output.status.success())
}

#[test]
fn a_merge_that_is_not_done_is_refused_without_its_markers() {
    let case = Case::new(&metadata("1.4.2", ""), &metadata("1.4.2", ""));
    let path = case.new_side().join("metadata.yaml");
    let tagged = |tag: &str| metadata("1.4.2", &format!("  tags: [{tag}]\n"));
    let steps = |text: &str, commands: &[&[&str]]| {
        fs::write(&path, text).expect("a file");
        commands.iter().all(|command| git(&case, command) == Some(true))
    };
    assert!(git(&case, &["init", "-q", "-b", "main"]).is_some(), "the tests need git");
    assert!(steps(
        &metadata("1.4.2", ""),
        &[&["add", "-A"], &["commit", "-qm", "a"], &["checkout", "-qb", "b"]]
    ));
    assert!(steps(&tagged("language:java"), &[&["commit", "-qam", "b"], &["checkout", "-q", "main"]]));
    assert!(steps(&tagged("language:manifest-only"), &[&["commit", "-qam", "c"]]));
    assert_eq!(git(&case, &["merge", "-q", "b"]), Some(false), "both sides have other tags");
    assert!(case.refused(3).contains("found the marker of a merge conflict"));
    fs::write(&path, tagged("language:manifest-only")).expect("a file");
    let said = case.refused(3);
    assert!(
        said.contains("metadata.yaml: expected a merged file, and git has both sides of a merge"),
        "{said}"
    );
    assert_eq!(git(&case, &["add", "-A"]), Some(true));
    case.declared();
}

#[test]
fn what_a_repository_would_run_is_not_run() {
    let case = Case::new(&metadata("1.4.2", ""), &metadata("1.4.2", ""));
    assert!(git(&case, &["init", "-q"]).is_some(), "the tests need git");
    assert_eq!(git(&case, &["add", "-A"]), Some(true));
    let hook = format!("touch {}", case.path("ran").display());
    assert_eq!(git(&case, &["config", "core.fsmonitor", &hook]), Some(true));
    case.declared();
    assert!(!case.path("ran").exists());
    // Git cannot say anything of a repository that is broken.
    fs::write(case.path("repo/.git/index"), "broken").expect("a file");
    fs::write(case.docs("bookshop.md"), PAGE).expect("a file");
    let (code, said, errors) = case.run("declare", &["--write"]);
    assert!(code == Some(0) && said.starts_with("edited "), "{said}{errors}");
}

#[test]
fn docs_have_plain_names() {
    for name in ["source-book_shop", "source-BookShop", "source-bücher"] {
        let text = metadata("1.4.2", "").replace("airbyte/source-bookshop", &format!("airbyte/{name}"));
        let case = Case::new(&text, &text);
        let (code, diff, notes) = case.run("declare", &[]);
        assert_eq!(code, Some(0), "{notes}");
        assert!(!diff.contains("+++ b/docs/"), "{diff}");
        let said = format!("the connector is called {name}, where docs have names of a to z, 0 to 9 and -");
        assert!(notes.contains(&said), "{notes}");
    }
}

#[test]
fn links_lead_nowhere_else() {
    use std::os::unix::fs::symlink;

    let case = Case::new(&metadata("1.4.2", ""), &metadata("1.4.2", ""));
    let outside = case.path("outside.md");
    fs::write(&outside, PAGE).expect("a file");
    fs::remove_file(case.docs("bookshop.md")).expect("a file");
    symlink(&outside, case.docs("bookshop.md")).expect("a link");
    let said = case.refused(3);
    assert!(said.contains("bookshop.md: expected a file or a folder inside"), "{said}");
}

#[test]
fn names_of_strangers_stay_names() {
    let hostile = "a: b\\\"}}] # `<b>|![x](javascript:y)\\n## Upgrading to 9.9.9";
    let case = Case::of(&metadata("1.4.2", ""), &metadata("1.4.2", ""), |manifest| {
        manifest.replace("zip: {type: [integer, \"null\"]}", "zip: {type: [string, \"null\"]}")
    });
    for side in [case.old(), case.new_side()] {
        let file = side.join("manifest.yaml");
        let text = fs::read_to_string(&file).expect("the manifest");
        fs::write(&file, text.replace("name: orders\n", &format!("name: \"{hostile}\"\n"))).expect("a file");
    }
    case.declared();
    let written = fs::read_to_string(case.new_side().join("metadata.yaml")).expect("the metadata");
    let value = connector_diff::load::parse_yaml(&written).expect("YAML");
    let scope =
        &value["data"]["releases"]["breakingChanges"]["2.0.0"]["scopedImpact"][0]["impactedScopes"][0];
    assert_eq!(scope, "a: b\"}}] # `<b>|![x](javascript:y)\n## Upgrading to 9.9.9");
    let guide = fs::read_to_string(case.docs("bookshop-migrations.md")).expect("the guide");
    assert!(!guide.lines().any(|line| line.starts_with("## Upgrading to 9")), "{guide}");
    let html = comrak::markdown_to_html(&guide, &comrak::Options::default());
    assert!(!html.contains("<b>") && !html.contains("href=\"javascript") && !html.contains("<img"), "{html}");
}

#[test]
fn the_guide_asks_for_the_new_name_of_a_stream_that_may_be_renamed() {
    let renamed = |name: &str| {
        let case = Case::of(&metadata("1.4.2", ""), &metadata("1.4.2", ""), |manifest| {
            manifest.replace("name: reviews\n", &format!("name: {name}\n"))
        });
        case.declared();
        fs::read_to_string(case.docs("bookshop-migrations.md")).expect("the guide")
    };
    let guide = renamed("reviews_v2");
    assert!(
        guide.contains("- A stream was removed: `reviews`. TODO: say whether its new name is `reviews_v2`"),
        "{guide}"
    );
    assert!(
        guide.contains("TODO: if `reviews_v2` is the new name of `reviews`: for each connection"),
        "{guide}"
    );
    assert!(!guide.contains("No action is needed"), "{guide}");
    // Nothing speaks for another stream.
    let other = renamed("shipments");
    assert!(other.contains("- A stream was removed: `reviews`\n") && !other.contains("shipments"), "{other}");
}
