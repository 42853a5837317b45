//! What a release declares, held against Airbyte's own demands: one release that is right, and one thing about it changed
//! at a time.

#[path = "support/sides.rs"]
mod sides;

use chrono::NaiveDate;
use connector_diff::model::{Connector, ConnectorReport, Declaration, Problem, Severity};
use connector_diff::policy::FailOn;
use connector_diff::release::Gate;
use connector_diff::tree::Memory;
use connector_diff::{Options, compare};

const METADATA: &str = r#"data:
  name: Lantern
  connectorType: source
  definitionId: 2a1e0bbf-6d1b-4ae7-9d0a-8e6a64c3bb11
  dockerImageTag: 2.0.0
  dockerRepository: airbyte/source-lantern
  tags: [language:python, cdk:python]
  releases:
    breakingChanges:
      2.0.0:
        message: The stream lamps loses oil. Users must refresh it; see the migration guide.
        upgradeDeadline: "2030-02-01"
        deadlineAction: disable
        scopedImpact:
          - scopeType: stream
            impactedScopes: [lamps]
      1.0.0:
        message: Nobody has to act.
        upgradeDeadline: 2024-05-01
"#;

const GUIDE: &str = "# Lantern Migration Guide\n\n## Upgrading to 2.0.0\n\nRefresh lamps.\n\n## Upgrading to 1.0.0\n\nNothing to do.\n";

const PAGE: &str = "# Lantern\n\n## Changelog\n\n| Version | Subject |\n|:--|:--|\n| 2.0.0 | Lamps lose oil |\n| 1.0.0 | First |\n";

const PYPROJECT: &str = "[tool.poetry]\nname = \"source-lantern\"\nversion = \"2.0.0\"\n";

/// The entry that the release brings.
fn without_entry(text: &str) -> String {
    let (start, end) = (text.find("      2.0.0:"), text.find("      1.0.0:"));
    format!("{}{}", &text[..start.expect("an entry")], &text[end.expect("an entry")..])
}

fn catalog(lamps: &str, wicks: &str, more: &str) -> String {
    let stream = |name: &str, fields: &str| {
        format!(
            "{{\"name\": \"{name}\", \"json_schema\": {{\"type\": \"object\", \"properties\": {{\"id\": {{\"type\": \
             \"integer\"}}{fields}}}}}, \"supported_sync_modes\": [\"full_refresh\"]}}"
        )
    };
    format!("{{\"streams\": [{}, {}{more}]}}", stream("lamps", lamps), stream("wicks", wicks))
}

const OIL: &str = r#", "oil": {"type": "string"}"#;

/// The files of the new side; one that is empty is not there.
#[derive(Clone)]
struct Files {
    metadata: String,
    guide: String,
    page: String,
    pyproject: String,
    catalog: String,
    more: Vec<(&'static str, &'static str)>,
}

impl Files {
    fn right() -> Self {
        Self {
            metadata: METADATA.to_owned(),
            guide: GUIDE.to_owned(),
            page: PAGE.to_owned(),
            pyproject: PYPROJECT.to_owned(),
            catalog: catalog("", "", ""),
            more: Vec::new(),
        }
    }

    fn old() -> Self {
        Self {
            metadata: without_entry(METADATA).replace("2.0.0", "1.4.2"),
            guide: GUIDE.replace("## Upgrading to 2.0.0\n\nRefresh lamps.\n\n", ""),
            page: PAGE.replace("| 2.0.0 | Lamps lose oil |\n", ""),
            pyproject: PYPROJECT.replace("2.0.0", "1.4.2"),
            catalog: catalog(OIL, "", ""),
            more: Vec::new(),
        }
    }

    /// The same with a text in a file changed.
    fn with(mut self, file: &str, text: &str, by: &str) -> Self {
        let body = match file {
            "metadata" => &mut self.metadata,
            "guide" => &mut self.guide,
            "page" => &mut self.page,
            "pyproject" => &mut self.pyproject,
            _ => &mut self.catalog,
        };
        assert!(body.contains(text), "{text} in {file}");
        *body = body.replace(text, by);
        self
    }

    fn load(self) -> Connector {
        sides::load(self.tree())
    }

    fn tree(self) -> Memory {
        let files = [
            ("metadata.yaml", self.metadata),
            ("docs/lantern-migrations.md", self.guide),
            ("docs/lantern.md", self.page),
            ("pyproject.toml", self.pyproject),
            ("catalog.json", self.catalog),
        ];
        let more = self.more.into_iter().map(|(name, body)| (name, body.to_owned()));
        let files = files.into_iter().chain(more).filter(|(_, body)| !body.is_empty());
        files.fold(Memory::new("side"), |tree, (name, body)| tree.file(name, body))
    }
}

fn held(old: Files, new: Files) -> ConnectorReport {
    let today = NaiveDate::from_ymd_opt(2030, 1, 1);
    compare(&old.load(), &new.load(), &Options { today, ..Options::default() })
}

/// Each problem with its level, the place that it stands at, and what it says.
fn told(report: &ConnectorReport) -> Vec<String> {
    let shown = |problem: &Problem| {
        let at = problem.origin.as_ref().map_or_else(String::new, |origin| {
            let file = origin.file.rsplit('/').next().unwrap_or_default();
            format!("{file}:{}", origin.line.unwrap_or_default())
        });
        let level = if problem.level == Severity::Error { "error" } else { "warning" };
        format!("{level} {} {at}: {}", problem.rule, problem.message)
    };
    report.problems.iter().map(shown).collect()
}

/// Changes one text of the release that is right, and lists what is told.
fn changed(file: &str, text: &str, by: &str) -> Vec<String> {
    told(&held(Files::old(), Files::right().with(file, text, by)))
}

#[test]
fn a_release_that_is_right_has_no_problem_and_passes() {
    let report = held(Files::old(), Files::right());
    assert_eq!(told(&report), [""; 0]);
    assert_eq!(report.verdict.declaration, Declaration::Complete);
    assert_eq!(Gate::of(&report, FailOn::Undeclared).because.passes(), Some(true));
    // The entry of 1.0.0 has faults, and was published with them.
    assert_eq!(told(&held(Files::right(), Files::right())), [""; 0]);
}

#[test]
fn every_part_of_an_entry_is_checked() {
    for (text, by, expected) in [
        (
            "        deadlineAction: disable\n",
            "",
            "error meta-deadline-action-missing metadata.yaml:10: the entry 2.0.0 has no deadlineAction: write disable \
             (users must refresh the schema and refresh the stream)",
        ),
        (
            "deadlineAction: disable",
            "deadlineActoin: disable",
            "error meta-releases-invalid metadata.yaml:13: releases.breakingChanges.2.0.0.deadlineActoin is a key that the \
             schema does not know: did you mean deadlineAction?",
        ),
        (
            "deadlineAction: disable",
            "deadlineAction: stop",
            "error meta-releases-invalid metadata.yaml:13: releases.breakingChanges.2.0.0.deadlineAction is stop: expected \
             auto_upgrade or disable",
        ),
        (
            "deadlineAction: disable",
            "deadlineAction: auto_upgrade",
            "warning meta-deadline-action-contradicts metadata.yaml:13: the entry 2.0.0 upgrades users by itself at the \
             deadline, and they must refresh the schema first: write deadlineAction: disable",
        ),
        (
            "        upgradeDeadline: \"2030-02-01\"\n",
            "",
            "error meta-releases-invalid metadata.yaml:10: releases.breakingChanges.2.0.0 has no upgradeDeadline",
        ),
        (
            "\"2030-02-01\"",
            "soon",
            "error meta-deadline-unreadable metadata.yaml:12: the upgradeDeadline of 2.0.0 is \"soon\": expected a date \
             between quotes, \"YYYY-MM-DD\"",
        ),
        (
            "\"2030-02-01\"",
            "\"2030-2-1\"",
            "error meta-deadline-unreadable metadata.yaml:12: the upgradeDeadline of 2.0.0 is \"2030-2-1\": expected a date \
             between quotes, \"YYYY-MM-DD\"",
        ),
        (
            "\"2030-02-01\"",
            "\"2030-02- 1\"",
            "error meta-deadline-unreadable metadata.yaml:12: the upgradeDeadline of 2.0.0 is \"2030-02- 1\": expected a date \
             between quotes, \"YYYY-MM-DD\"",
        ),
        (
            "\"2030-02-01\"",
            "2030-02-01",
            "warning meta-deadline-unquoted metadata.yaml:12: the upgradeDeadline of 2.0.0 has no quotes: Airbyte's own check \
             of it crashes; write \"2030-02-01\"",
        ),
        (
            "\"2030-02-01\"",
            "\"2030-01-08\"",
            "error meta-deadline-too-soon metadata.yaml:12: the upgradeDeadline of 2.0.0, 2030-01-08, is too soon: Airbyte's \
             check accepts 2030-01-09 or later",
        ),
        ("\"2030-02-01\"", "\"2030-01-09\"", ""),
        (
            "The stream lamps loses oil. Users must refresh it; see the migration guide.",
            "\"\"",
            "error meta-message-empty metadata.yaml:11: the message of 2.0.0 is empty: say what changes and what users must do",
        ),
        (
            "The stream lamps loses oil. Users must refresh it; see the migration guide.",
            "Oil is gone.",
            "warning meta-message-incomplete metadata.yaml:11: the message of 2.0.0 does not say which streams change (lamps), \
             or what users must do, or where the migration guide is",
        ),
        (
            "Users must refresh it",
            "Users must reset it",
            "warning meta-message-incomplete metadata.yaml:11: the message of 2.0.0 says reset: the product says clear, or \
             refresh",
        ),
        (
            "The stream lamps loses oil. Users must refresh it; see the migration guide.",
            "2030-03-01",
            "error meta-releases-invalid metadata.yaml:11: releases.breakingChanges.2.0.0.message is a date: expected a text, \
             between quotes",
        ),
        (
            "The stream lamps loses oil. Users must refresh it; see the migration guide.",
            "TODO",
            "error meta-message-empty metadata.yaml:11: the message of 2.0.0 is only TODO: say what changes and what users must \
             do",
        ),
        (
            "The stream lamps loses oil. Users must refresh it; see the migration guide.",
            "\"\u{3164}\\u200B\"",
            "error meta-message-empty metadata.yaml:11: the message of 2.0.0 is empty: say what changes and what users must do",
        ),
        ("Users must refresh it", "TODO: users must refresh it", ""),
        (
            "impactedScopes: [lamps]",
            "impactedScopes: [lamps, 2030-03-01]",
            "error meta-releases-invalid metadata.yaml:16: releases.breakingChanges.2.0.0.scopedImpact.0.impactedScopes.1 is a \
             date: expected a text, between quotes",
        ),
        (
            "deadlineAction: disable",
            "deadlineAction: disable\n        migrationDocumentationUrl: https://",
            "error meta-releases-invalid metadata.yaml:14: releases.breakingChanges.2.0.0.migrationDocumentationUrl is \
             https://: expected a web address such as https://docs.airbyte.com",
        ),
        (
            "deadlineAction: disable",
            "deadlineAction: disable\n        migrationDocumentationUrl: https://docs.test:443?a#b",
            "",
        ),
        (
            "deadlineAction: disable",
            "deadlineAction: disable\n        migrationDocumentationUrl: mailto:a@b.test",
            "",
        ),
        ("see the migration guide.", "see https://docs.test/lantern.", ""),
        ("Users must refresh it", "Users may have presets; they must refresh it", ""),
    ] {
        let expected: Vec<&str> = Some(expected).filter(|one| !one.is_empty()).into_iter().collect();
        let mut found = changed("metadata", text, by);
        // Without its action, an entry is also one without an action.
        found.retain(|one| !(by.contains("Actoin") && one.contains("meta-deadline-action-missing")));
        // What is no name of a stream as it is written is none of the connector either.
        found.retain(|one| !(by.contains("2030-03-01]") && one.contains("meta-scope-unknown-stream")));
        assert_eq!(found, expected, "{text} -> {by}");
    }
}

#[test]
fn a_key_that_stands_twice_is_told_where_it_is_new() {
    let twice = |files: Files| {
        let (tag, _) = files.metadata.split_once("  dockerRepository").expect("a repository");
        let (_, tag) = tag.rsplit_once("dockerImageTag: ").expect("a tag");
        let tag = tag.trim().to_owned();
        files.with("metadata", "  dockerRepository", &format!("  dockerImageTag: {tag}\n  dockerRepository"))
    };
    let told_of_it = "error meta-key-repeated metadata.yaml:6: dockerImageTag stands at metadata.yaml:5 too: Python's reader of \
                      YAML takes the last value, and what stands there is dropped";
    assert_eq!(told(&held(Files::old(), twice(Files::right()))), [told_of_it]);
    assert_eq!(told(&held(twice(Files::old()), twice(Files::right()))), [""; 0]);
    let entry = "      2.0.0:\n        message: Lost.\n      2.0.0: &other {}\n      2.0.0:\n";
    let found = changed("metadata", "      2.0.0:\n", entry);
    assert_eq!(
        found,
        [
            "error meta-key-repeated metadata.yaml:13: releases.breakingChanges.2.0.0 stands at metadata.yaml:10 and \
             metadata.yaml:12 too: Python's reader of YAML takes the last value, and what stands there is dropped"
        ]
    );
    // A key that a merge brings is there to be overridden, and one of another mapping is another key.
    let merged = "  <<: {name: Torch, license: MIT}\n  dockerRepository";
    assert_eq!(changed("metadata", "  dockerRepository", merged), [""; 0]);
}

#[test]
fn users_of_a_destination_get_a_month() {
    let of_destination =
        |files: Files| files.with("metadata", "connectorType: source", "connectorType: destination");
    let release = |deadline: &str| {
        let new = Files::right().with("metadata", "2030-02-01", deadline);
        told(&held(of_destination(Files::old()), of_destination(new)))
    };
    let late = "warning meta-deadline-too-soon metadata.yaml:12: the upgradeDeadline of 2.0.0, 2030-01-30, leaves users of a \
                destination less than 30 days: the policy asks for 2030-01-31 or later";
    assert_eq!(release("2030-01-30"), [late]);
    assert_eq!(release("2030-01-31"), [""; 0]);
}

#[test]
fn a_scope_names_streams_that_users_have_and_that_break() {
    for (names, expected) in [
        ("[lamps]", ""),
        (
            "[lamps, lamp]",
            "error meta-scope-unknown-stream metadata.yaml:14: scopedImpact names lamp, which is no stream: did you mean lamps?",
        ),
        (
            "[lamps, wicks]",
            "warning meta-scope-too-wide metadata.yaml:14: scopedImpact names streams that nothing found here breaks: wicks; \
             say in the pull request what does, or drop them",
        ),
        (
            "[wicks]",
            "error meta-scope-misses-stream metadata.yaml:14: scopedImpact leaves out streams that break: lamps",
        ),
    ] {
        let mut found = changed("metadata", "[lamps]", names);
        found.retain(|one| names != "[wicks]" || one.starts_with("error"));
        let expected: Vec<&str> = Some(expected).filter(|one| !one.is_empty()).into_iter().collect();
        assert_eq!(found, expected, "{names}");
    }
    let scope = "        scopedImpact:\n          - scopeType: stream\n            impactedScopes: [lamps]\n";
    let wide = "warning meta-scope-too-wide metadata.yaml:10: the entry 2.0.0 warns everyone, and only users of these streams \
                break: lamps";
    assert_eq!(changed("metadata", scope, ""), [wide]);
    // A stream that only the new version has.
    let new = Files::right().with("metadata", "[lamps]", "[lamps, shades]").with(
        "catalog",
        "]}]}",
        "]}, {\"name\": \"shades\", \"json_schema\": {\"type\": \"object\"}}]}",
    );
    let unknown = "error meta-scope-unknown-stream metadata.yaml:14: scopedImpact names shades, which is new in this version: no \
                   user has it yet";
    assert_eq!(told(&held(Files::old(), new)), [unknown]);
}

#[test]
fn an_entry_that_reaches_nobody_declares_nothing() {
    let entry = &METADATA[METADATA.find("        message: The").expect("an entry")
        ..METADATA.find("      1.0.0:").expect("an entry")];
    for (entry_is, rules) in [
        (
            "        {}\n",
            vec!["meta-releases-invalid", "meta-releases-invalid", "meta-deadline-action-missing"],
        ),
        ("        - message\n", vec!["meta-entry-warns-nobody", "meta-releases-invalid"]),
    ] {
        let report = held(Files::old(), Files::right().with("metadata", entry, entry_is));
        let mut found: Vec<&str> = report.problems.iter().map(|one| one.rule.as_str()).collect();
        found.retain(|rule| *rule != "meta-scope-too-wide");
        assert_eq!(found, rules, "{entry_is}");
        assert_eq!(Gate::of(&report, FailOn::Undeclared).because.passes(), Some(false), "{entry_is}");
    }
    for (text, by, rule) in [
        ("scopeType: stream", "scopeType: configKey", "meta-releases-invalid"),
        (
            "deadlineAction: disable",
            "deadlineAction: disable\n        isBreaking: false",
            "meta-entry-not-breaking",
        ),
    ] {
        let report = held(Files::old(), Files::right().with("metadata", text, by));
        assert_eq!(report.verdict.declaration, Declaration::Incomplete, "{by}");
        let errors: Vec<&str> = report
            .problems
            .iter()
            .filter(|one| one.level == Severity::Error)
            .map(|one| one.rule.as_str())
            .collect();
        assert_eq!(errors, ["meta-entry-warns-nobody", rule], "{by}");
    }
}

#[test]
fn the_version_agrees_with_entries_and_files() {
    let rules = |new: Files| -> Vec<String> {
        let told = told(&held(Files::old(), new));
        told.iter().map(|one| one.split_whitespace().take(3).collect::<Vec<_>>().join(" ")).collect()
    };
    let entry_of = |key: &str| Files::right().with("metadata", "      2.0.0:", &format!("      {key}:"));
    assert_eq!(
        rules(entry_of("3.0.0").with("guide", "2.0.0", "3.0.0")),
        [
            "error meta-breaking-entry-missing metadata.yaml:9:",
            "error meta-entry-of-another-version metadata.yaml:10:"
        ]
    );
    assert_eq!(
        rules(entry_of("1.5.0").with("guide", "2.0.0", "1.5.0")),
        ["error meta-major-without-entry metadata.yaml:9:"],
        "an entry on the way covers the break, and Airbyte asks for one of the major version"
    );
    assert_eq!(
        rules(entry_of("2.0.0-rc.1")),
        [
            "error meta-major-without-entry metadata.yaml:9:",
            "error meta-releases-invalid metadata.yaml:10:",
            "error meta-guide-heading-missing lantern-migrations.md:1:"
        ],
    );
    assert_eq!(
        rules(Files::right().with("pyproject", "2.0.0", "1.4.2")),
        ["error meta-version-differs-in-pyproject pyproject.toml:3:"]
    );
    let candidate = Files::right().with("metadata", "dockerImageTag: 2.0.0", "dockerImageTag: 2.0.0-rc.1");
    let candidate = candidate.with("pyproject", "2.0.0", "2.0.0-rc.1").with("page", "2.0.0", "2.0.0-rc.1");
    assert_eq!(rules(candidate), ["error meta-major-release-candidate metadata.yaml:5:"]);
    let rollout = "  releases:\n    rolloutConfiguration:\n      enableProgressiveRollout: true\n";
    assert_eq!(
        rules(Files::right().with("metadata", "  releases:\n", rollout)),
        ["warning meta-rollout-with-breaking metadata.yaml:10:"]
    );
    let blocked = Files { more: vec![("block-release.yaml", "reason: waits\n")], ..Files::right() };
    assert_eq!(rules(blocked), ["warning meta-release-blocked block-release.yaml:1:"]);
    assert_eq!(
        rules(Files::right().with("metadata", "language:python", "python")),
        ["error meta-tag-invalid metadata.yaml:7:"]
    );
}

#[test]
fn the_pages_say_what_users_and_the_checks_look_for() {
    for (file, text, by, expected) in [
        (
            "guide",
            "## Upgrading to 2.0.0",
            "## Upgrading to v2.0.0",
            "error meta-guide-heading-missing lantern-migrations.md:3: the guide has no heading ## Upgrading to 2.0.0, but ## \
             Upgrading to v2.0.0: Airbyte's check asks for these very words",
        ),
        (
            "guide",
            "## Upgrading to 2.0.0\n\nRefresh lamps.\n",
            "```\n## Upgrading to 2.0.0\n```\n",
            "error meta-guide-heading-missing lantern-migrations.md:4: the guide has no heading ## Upgrading to 2.0.0, but the \
             same in a block of code: Airbyte's check asks for these very words",
        ),
        (
            "guide",
            "Refresh lamps.\n",
            "",
            "warning meta-guide-section-empty lantern-migrations.md:3: the section 2.0.0 of the guide is empty",
        ),
        ("guide", "Refresh lamps.\n", "### lamps\n", ""),
        (
            "guide",
            "# Lantern Migration Guide",
            "# Lantern migrations",
            "error meta-guide-title-wrong lantern-migrations.md:1: the guide has no title # Lantern Migration Guide: Airbyte's \
             check asks for this very line",
        ),
        (
            "guide",
            "## Upgrading to 1.0.0",
            "## Upgrading to 3.0.0\n\nLater.\n\n## Upgrading to 1.0.0",
            "error meta-guide-order lantern-migrations.md:7: the guide has 3.0.0 below 2.0.0: the latest version comes first",
        ),
        (
            "guide",
            "## Upgrading to 1.0.0",
            "## Upgrading to 10.0.0\n\nLater.\n\n## Upgrading to 1.0.0",
            "warning meta-guide-order lantern-migrations.md:7: the guide has 10.0.0 below 2.0.0: the latest version comes first; \
             Airbyte's check, which sorts as text, lets it pass",
        ),
        (
            "guide",
            "## Upgrading to 1.0.0",
            "## Upgrading to the new API\n\nLater.\n\n## Upgrading to 3.0.0\n\nLater.\n\n## Upgrading to 1.0.0",
            "error meta-guide-order lantern-migrations.md:11: the guide has 3.0.0 below 2.0.0: the latest version comes first",
        ),
        ("page", "| 2.0.0 |", "| V2.0.0 |", ""),
        (
            "page",
            "| 2.0.0 |",
            "| 12.0.0 |",
            "error meta-changelog-entry-missing lantern.md:3: the changelog has no line for 2.0.0",
        ),
        ("page", "| 2.0.0 |", "| `2.0.0` |", ""),
        (
            "page",
            "| 2.0.0 | Lamps lose oil |\n",
            "<!-- | 2.0.0 | Lamps lose oil | -->\n",
            "error meta-changelog-entry-missing lantern.md:3: the changelog has no line for 2.0.0",
        ),
        (
            "page",
            "| 2.0.0 | Lamps lose oil |\n| 1.0.0 | First |\n",
            "| 1.0.0 | First |\n\n```\n| 2.0.0 | Lamps lose oil |\n```\n",
            "error meta-changelog-entry-missing lantern.md:3: the changelog has no line for 2.0.0",
        ),
        ("page", "| 2.0.0 | Lamps lose oil |", "| 2.0.0 | Lamps lose oil | <!-- and `wicks` -->", ""),
        (
            "guide",
            "# Lantern Migration Guide",
            "\u{feff}# Lantern Migration Guide",
            "error meta-guide-title-wrong lantern-migrations.md:1: the guide starts with a byte order mark, and so Airbyte's \
             check does not find the title # Lantern Migration Guide: save it without one",
        ),
        ("guide", "# Lantern Migration Guide", "\u{feff}\n# Lantern Migration Guide", ""),
        (
            "metadata",
            "name: Lantern",
            "title: Lantern",
            "error meta-guide-title-wrong lantern-migrations.md:1: the metadata has no name that is a text, and so Airbyte's \
             check asks for the title # None Migration Guide: write name",
        ),
    ] {
        let expected: Vec<&str> = Some(expected).filter(|one| !one.is_empty()).into_iter().collect();
        assert_eq!(changed(file, text, by), expected, "{text} -> {by}");
    }
    // What a published entry lacks is a warning, unless this release takes it away.
    let lacking = |files: Files| Files {
        guide: files.guide.replace("## Upgrading to 1.0.0\n\nNothing to do.\n", ""),
        ..files
    };
    let without =
        "meta-guide-heading-missing lantern-migrations.md:1: the guide has no heading ## Upgrading to 1.0.0";
    assert_eq!(told(&held(lacking(Files::old()), lacking(Files::right()))), [format!("warning {without}")]);
    assert_eq!(told(&held(Files::old(), lacking(Files::right()))), [format!("error {without}")]);
    let no_guide = Files { guide: String::new(), ..Files::right() };
    assert_eq!(
        told(&held(Files::old(), no_guide)),
        [
            "error meta-guide-missing metadata.yaml:9: docs/lantern-migrations.md does not exist: a breaking change needs a \
          migration guide there"
        ]
    );
    let no_docs = Files { guide: String::new(), page: String::new(), ..Files::right() };
    let old = Files { guide: String::new(), page: String::new(), ..Files::old() };
    assert_eq!(
        told(&held(old, no_docs)),
        [""; 0],
        "what was not looked at is no fault: the answer says that it was not checked"
    );
    // 10.0.0 above 9.0.0 is right, and the check that sorts as text refuses it.
    let tenth = |files: Files| {
        files
            .with("metadata", "2.0.0", "10.0.0")
            .with("guide", "2.0.0", "10.0.0")
            .with(
                "guide",
                "## Upgrading to 1.0.0",
                "## Upgrading to 9.0.0\n\nWicks.\n\n## Upgrading to 1.0.0",
            )
            .with("page", "2.0.0", "10.0.0")
            .with("pyproject", "2.0.0", "10.0.0")
    };
    let nine = |files: Files| Files {
        metadata: files.metadata.replace("1.4.2", "9.4.2"),
        pyproject: files.pyproject.replace("1.4.2", "9.4.2"),
        ..files
    };
    let found = told(&held(nine(Files::old()), tenth(Files::right())));
    assert!(
        found.iter().any(|one| one.starts_with("warning meta-guide-order") && one.contains("sorts as text")),
        "{found:?}"
    );
    assert!(found.iter().all(|one| !one.starts_with("error meta-guide")), "{found:?}");
}

#[test]
fn a_guide_that_is_known_to_be_missing_is_an_error() {
    const MISSING: &str = "-migrations.md does not exist: a breaking change needs a migration guide there";
    const FOLDER: &str = "docs/integrations/sources/";
    let today = NaiveDate::from_ymd_opt(2030, 1, 1);
    let bare = |files: Files| Files { guide: String::new(), page: String::new(), ..files };
    let report = |old: Memory, new: Memory| {
        let options = Options { today, ..Options::default() };
        compare(&sides::load(old), &sides::load(new), &options)
    };
    let around = |files: Files, pages: &[(&str, &[u8])]| {
        let above = pages.iter().fold(Memory::new("repository"), |tree, (page, body)| {
            tree.file(&format!("{FOLDER}{page}"), body)
        });
        bare(files).tree().within(above)
    };
    let pages: &[(&str, &[u8])] =
        &[("lantern.md", PAGE.as_bytes()), ("lantern-migrations.md", GUIDE.as_bytes())];
    let others: &[(&str, &[u8])] = &[("torch.md", PAGE.as_bytes())];
    let old = || around(Files::old(), pages);
    // Both pages are gone, with the folder or out of it, or never were in it.
    for (old, new) in [
        (old(), around(Files::right(), &[])),
        (old(), around(Files::right(), others)),
        (around(Files::old(), others), around(Files::right(), others)),
        (Files::old().tree(), bare(Files::right()).tree()),
    ] {
        let report = report(old, new);
        let found = told(&report);
        let missing: Vec<&String> = found.iter().filter(|one| one.ends_with(MISSING)).collect();
        assert!(missing.len() == 1 && missing[0].starts_with("error meta-guide-missing"), "{found:?}");
        assert_eq!(Gate::of(&report, FailOn::Undeclared).because.passes(), Some(false));
        assert_eq!(report.guided, Some(Vec::new()));
    }
    // One that is no text is there and says nothing.
    let utf_16: Vec<u8> = [0xff, 0xfe].into_iter().chain(GUIDE.bytes().flat_map(|byte| [byte, 0])).collect();
    let unread = report(old(), around(Files::right(), &[("lantern-migrations.md", &utf_16)]));
    let found = told(&unread);
    assert!(
        found.iter().any(|one| one.starts_with("error meta-guide-missing") && one.contains("cannot be read")),
        "{found:?}"
    );
    // Where nobody looked around the connector, or none was known before, nothing is missing.
    for (old, new) in
        [(old(), bare(Files::right()).tree()), (around(Files::old(), &[]), around(Files::right(), &[]))]
    {
        let report = report(old, new);
        assert_eq!(told(&report), [""; 0]);
        assert_eq!(report.guided, None);
    }
}

/// A release of what was published, that declares nothing.
fn patch(files: Files) -> Files {
    let files = files.with("metadata", "dockerImageTag: 2.0.0", "dockerImageTag: 2.0.1");
    let files = files.with("pyproject", "2.0.0", "2.0.1");
    Files { page: format!("{}| 2.0.1 | Mended |\n", files.page), ..files }
}

#[test]
fn a_release_may_break_a_guide_that_it_does_not_touch() {
    let named = |files: Files| files.with("metadata", "name: Lantern", "name: Torch");
    let wrong = "error meta-guide-title-wrong lantern-migrations.md:1: the guide has no title # Torch Migration Guide: Airbyte's \
                 check asks for this very line";
    assert_eq!(told(&held(Files::right(), patch(Files::right()))), [""; 0]);
    assert_eq!(told(&held(Files::right(), patch(named(Files::right())))), [wrong]);
    // What was wrong before is not the fault of this release.
    assert_eq!(told(&held(named(Files::right()), patch(named(Files::right())))), [""; 0]);
    let marked = |files: Files| files.with("guide", "# Lantern Migration", "\u{feff}# Lantern Migration");
    let found = told(&held(Files::right(), patch(marked(Files::right()))));
    assert!(found.len() == 1 && found[0].starts_with("error meta-guide-title-wrong"), "{found:?}");
    assert_eq!(told(&held(marked(Files::right()), patch(marked(Files::right())))), [""; 0]);
}

#[test]
fn the_page_is_the_one_that_the_address_leads_to() {
    let of = |files: Files, address: &str, pages: &'static str| {
        let line =
            if address.is_empty() { String::new() } else { format!("  documentationUrl: {address}\n") };
        let metadata = files.metadata.replace("  name: Lantern\n", &format!("{line}  name: Lantern\n"));
        let more = match pages {
            "" => Vec::new(),
            page => vec![(page, PAGE), ("docs/integrations/sources/lantern-migrations.md", GUIDE)],
        };
        match pages {
            "" => Files { metadata, ..files },
            _ => Files { metadata, guide: String::new(), page: String::new(), more, ..files },
        }
    };
    const PLACE: &str = "docs/integrations/sources/lantern.md";
    const RIGHT: &str = "https://docs.airbyte.com/integrations/sources/lantern";
    let told_of = |address: &str, pages: &'static str| {
        told(&held(of(Files::old(), RIGHT, pages), of(Files::right(), address, pages)))
    };
    let write = ": write https://docs.airbyte.com/integrations/sources/lantern";
    for (address, pages, expected) in [
        (RIGHT, PLACE, String::new()),
        ("https://docs.airbyte.com/integrations/sources/lantern/", PLACE, String::new()),
        (
            "https://docs.airbyte.com/integrations/sources/lantern#setup",
            PLACE,
            "2: documentationUrl leads to docs/integrations/sources/lantern#setup.md, which does not exist, and Airbyte's check \
             finds no changelog"
                .to_owned()
                + write,
        ),
        (
            "http://docs.airbyte.com/integrations/sources/lantern",
            PLACE,
            "2: documentationUrl is http://docs.airbyte.com/integrations/sources/lantern: Airbyte's check looks for a changelog \
             below https://docs.airbyte.com alone"
                .to_owned()
                + write,
        ),
        (
            "",
            PLACE,
            "1: the metadata has no documentationUrl, by which Airbyte's check finds the changelog".to_owned() + write,
        ),
        ("https://docs.airbyte.com/platform/lantern-2.0", "docs/platform/lantern-2.0.md", String::new()),
        // Elsewhere than in a repository laid out as Airbyte's no check looks for a page.
        ("https://lantern.test/docs", "", String::new()),
    ] {
        let expected = Some(expected).filter(|one| !one.is_empty());
        let expected = expected.map(|one| format!("error meta-page-not-found metadata.yaml:{one}"));
        assert_eq!(told_of(address, pages), Vec::from_iter(expected), "{address}");
    }
    // What led nowhere before is not the fault of this release, and stops it all the same.
    let wrong = format!("{RIGHT}#setup");
    let both = told(&held(of(Files::old(), &wrong, PLACE), of(Files::right(), &wrong, PLACE)));
    assert!(both.len() == 1 && both[0].starts_with("warning meta-page-not-found"), "{both:?}");
}

#[test]
fn the_version_of_a_python_package_stands_where_it_is_looked_for() {
    let with = |files: Files, pyproject: &str| Files { pyproject: pyproject.to_owned(), ..files };
    let right = || Files::right();
    let in_project = |version: &str| format!("[project]\nversion = \"{version}\"\n");
    let rule = "meta-version-differs-in-pyproject";
    for (pyproject, expected) in [
        (
            in_project("2.0.0"),
            "pyproject.toml:2: the version 2.0.0 is under [project]: Airbyte's check looks for it under [tool.poetry]",
        ),
        (
            "[tool.poetry]\nversion = 2.0.0\n".to_owned(),
            "pyproject.toml:2: this is no TOML, and so Airbyte's check finds no version: ",
        ),
        (
            "[tool.poetry]\nversion = 2\n".to_owned(),
            "pyproject.toml:1: there is no version under [tool.poetry], where Airbyte's check looks for it; 1.4.2 stood there",
        ),
        (
            String::new(),
            "metadata.yaml:5: pyproject.toml is missing: Airbyte's check looks for the version there; 1.4.2 stood there",
        ),
        (
            in_project("1.4.2"),
            "pyproject.toml:2: the version here is 1.4.2, and dockerImageTag is 2.0.0: Airbyte's check asks that they agree",
        ),
    ] {
        let found = told(&held(Files::old(), with(right(), &pyproject)));
        let starts = format!("error {rule} {expected}");
        assert!(found.len() == 1 && found[0].starts_with(&starts), "{found:?}");
        // What is written in no Python has no version to look for.
        let java = |files: Files| files.with("metadata", "language:python", "language:java");
        let found = told(&held(java(Files::old()), java(with(right(), &pyproject))));
        assert_eq!(found.is_empty(), !expected.contains("they agree"), "{found:?}");
        // Where no tag names a language any more, it is what it was.
        let untagged = with(right(), &pyproject).with("metadata", "language:python, ", "");
        let found = told(&held(Files::old(), untagged));
        assert!(found.iter().any(|one| one.starts_with(&starts)), "{found:?}");
    }
    // What was like that before is no error of this release.
    let found = told(&held(with(Files::old(), &in_project("1.4.2")), with(right(), &in_project("2.0.0"))));
    assert!(found.len() == 1 && found[0].starts_with(&format!("warning {rule}")), "{found:?}");
    let same = with(right(), &in_project("2.0.0"));
    assert_eq!(told(&held(same.clone(), same)), [""; 0]);
    assert_eq!(told(&held(with(Files::old(), ""), with(right(), ""))), [""; 0]);
}

#[test]
fn a_guide_may_be_that_of_another_connector() {
    let strict = |files: Files, guide: &'static str| {
        let url = "  documentationUrl: https://docs.airbyte.com/integrations/sources/lantern\n  name: Lantern (strict)\n";
        let metadata = files
            .metadata
            .replace("  name: Lantern\n", url)
            .replace("source-lantern", "source-lantern-strict");
        let more = vec![
            ("docs/integrations/sources/lantern.md", PAGE),
            ("docs/integrations/sources/lantern-migrations.md", guide),
        ];
        Files { metadata, guide: String::new(), page: String::new(), more, ..files }
    };
    let asked = "warning meta-guide-missing metadata.yaml:10: users read docs/integrations/sources/lantern-migrations.md, and \
                 Airbyte's check asks for docs/integrations/sources/lantern-strict-migrations.md: it refuses a release whose \
                 guide is that of another connector";
    assert_eq!(told(&held(strict(Files::old(), GUIDE), strict(Files::right(), GUIDE))), [asked]);
    let older = "# Lantern Migration Guide\n\n## Upgrading to 1.0.0\n\nNothing to do.\n";
    let found = told(&held(strict(Files::old(), older), strict(Files::right(), older)));
    assert_eq!(
        found,
        [
            "error meta-guide-heading-missing lantern-migrations.md:1: the guide has no heading ## Upgrading to 2.0.0",
            asked
        ]
    );
}

#[test]
fn an_edit_of_a_published_entry_is_held_to_what_it_adds() {
    let next = |files: Files| Files {
        metadata: files.metadata.replace("dockerImageTag: 2.0.0", "dockerImageTag: 2.0.1"),
        page: format!("{}| 2.0.1 | Mended |\n", files.page),
        pyproject: files.pyproject.replace("2.0.0", "2.0.1"),
        catalog: catalog("", "", ""),
        ..files
    };
    let gone =
        |files: Files, more: &str| files.with("metadata", "[lamps]", &format!("[lamps, shades{more}]"));
    let old = || gone(Files::right(), "");
    let reworded = gone(Files::right(), "").with("metadata", "loses oil", "lost its oil");
    let edit =
        "warning meta-entry-edited metadata.yaml:10: the entry 2.0.0 is published, and its message changed";
    assert_eq!(told(&held(old(), next(reworded))), [edit]);
    let wider = gone(Files::right(), ", lamp");
    let found = told(&held(old(), next(wider)));
    assert!(
        found[0].starts_with("error meta-scope-unknown-stream") && found[0].contains("names lamp"),
        "{found:?}"
    );
    let says = old().with(
        "metadata",
        "deadlineAction: disable",
        "deadlineAction: disable\n        isBreaking: false",
    );
    let found = told(&held(old(), next(says)));
    assert_eq!(
        found,
        [
            "warning meta-entry-edited metadata.yaml:10: the entry 2.0.0 is published, and its isBreaking changed from nothing to false"
        ]
    );
}

#[test]
fn what_users_must_do_is_said_once_however_much_breaks() {
    let more = r#", "wax": {"type": "string"}"#;
    let old = Files { catalog: catalog(&format!("{OIL}{more}"), more, ""), ..Files::old() };
    let new = Files::right().with("metadata", "        deadlineAction: disable\n", "").with(
        "metadata",
        "[lamps]",
        "[lamps, wicks]",
    );
    let found = told(&held(old, new));
    let action: Vec<&String> =
        found.iter().filter(|one| one.contains("meta-deadline-action-missing")).collect();
    assert_eq!(
        action,
        [
            "error meta-deadline-action-missing metadata.yaml:10: the entry 2.0.0 has no deadlineAction: write disable \
             (users must refresh the schema and refresh the stream)"
        ]
    );
}
