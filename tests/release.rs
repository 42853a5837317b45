//! What `metadata.yaml` changes beside the version: registries, and entries that are published already.

#[path = "support/sides.rs"]
mod sides;

use connector_diff::model::{Edition, Severity};
use connector_diff::tree::Memory;
use connector_diff::{Options, compare};

const SPEC: &str = r#"{"connectionSpecification": {"type": "object"}}"#;

fn side(version: &str, more: &str) -> Memory {
    let metadata = format!(
        "data:\n  connectorType: source\n  definitionId: 2a1e0bbf-6d1b-4ae7-9d0a-8e6a64c3bb11\n  dockerImageTag: {version}\n  \
         dockerRepository: airbyte/source-lantern\n{more}"
    );
    Memory::new("side").file("metadata.yaml", metadata).file("spec.json", SPEC)
}

#[test]
fn one_edition_is_asked_about() {
    let pinned = |edition: &str, version: &str| {
        format!("  registryOverrides:\n    {edition}: {{dockerImageTag: {version}, enabled: true}}\n")
    };
    let left = |edition: &str| format!("  registryOverrides:\n    {edition}: {{enabled: false}}\n");
    for (name, own, other) in [("cloud", Edition::Cloud, Edition::Oss), ("oss", Edition::Oss, Edition::Cloud)]
    {
        let (old, new) = (side("1.4.0", &pinned(name, "1.3.0")), side("1.4.1", &left(name)));
        let told = |edition| {
            let options = Options { edition, ..Options::default() };
            let report = compare(&sides::load(old.clone()), &sides::load(new.clone()), &options);
            (report.findings.len(), report.problems.len())
        };
        assert_eq!(told(None), (1, 1), "{name}");
        assert_eq!(told(Some(own)), (1, 1), "{name}");
        assert_eq!(told(Some(other)), (0, 0), "{name}");
    }
}

/// Each problem with its level and the line of the new metadata that it stands at.
fn problems(old: &str, new: &str) -> Vec<String> {
    let report =
        compare(&sides::load(side("1.4.0", old)), &sides::load(side("1.4.1", new)), &Options::default());
    let shown = |problem: &connector_diff::model::Problem| {
        let line = problem.origin.as_ref().and_then(|origin| origin.line).unwrap_or_default();
        let level = if problem.level == Severity::Error { "error" } else { "warning" };
        format!("{level} {} :{line}: {}", problem.rule, problem.message)
    };
    report.problems.iter().map(shown).collect()
}

#[test]
fn a_registry_that_is_left_is_told() {
    let registries =
        |cloud: &str| format!("  registryOverrides:\n    cloud: {{{cloud}}}\n    oss: {{enabled: true}}\n");
    let enabled = registries("enabled: true");
    let told = ["error meta-registry-disabled :7: the connector is no longer enabled in the cloud registry"];
    assert_eq!(problems(&enabled, &registries("enabled: false")), told);
    assert_eq!(problems(&enabled, &registries("")), told, "without a word it is in no registry");
    assert_eq!(problems(&registries("enabled: false"), &enabled), [""; 0]);
    assert_eq!(problems(&enabled, &enabled), [""; 0]);
}

#[test]
fn a_published_entry_that_changes_is_told() {
    let entry = |version: &str, message: &str, deadline: &str| {
        format!(
            "  releases:\n    breakingChanges:\n      {version}:\n        message: {message}\n        \
             upgradeDeadline: \"{deadline}\"\n"
        )
    };
    let published = entry("1.0.0", "The stream lamps is gone.", "2024-05-01");
    for (why, old, new, told) in [
        (
            "another date",
            published.clone(),
            entry("1.0.0", "The stream lamps is gone.", "2024-09-01"),
            "warning meta-entry-edited :8: the entry 1.0.0 is published, and its upgradeDeadline changed from 2024-05-01 to 2024-09-01",
        ),
        (
            "other words and another date",
            published.clone(),
            entry("1.0.0", "Lamps are gone.", "2024-09-01"),
            "warning meta-entry-edited :8: the entry 1.0.0 is published, and its message changed from The stream lamps is gone. to Lamps are gone., and its \
             upgradeDeadline changed from 2024-05-01 to 2024-09-01",
        ),
        (
            "the words on two lines",
            published.clone(),
            entry("1.0.0", ">-\n          The stream lamps\n          is gone.", "2024-05-01"),
            "",
        ),
        (
            "it goes",
            published.clone(),
            String::new(),
            "warning meta-entry-removed :1: releases.breakingChanges no longer has the entry 1.0.0, which is published",
        ),
        ("it was not published", entry("2.0.0", "To be written.", "2024-05-01"), String::new(), ""),
        (
            "another guide",
            published.clone(),
            format!("{published}        migrationDocumentationUrl: https://lantern.test\n"),
            "warning meta-entry-edited :8: the entry 1.0.0 is published, and its migrationDocumentationUrl changed from nothing to \
             https://lantern.test",
        ),
        (
            "streams in another order",
            format!("{published}        scopedImpact: [{{scopeType: stream, impactedScopes: [a, b]}}]\n"),
            format!("{published}        scopedImpact: [{{scopeType: stream, impactedScopes: [b, a]}}]\n"),
            "",
        ),
        (
            "another stream",
            format!("{published}        scopedImpact: [{{scopeType: stream, impactedScopes: [a, b]}}]\n"),
            format!("{published}        scopedImpact: [{{scopeType: stream, impactedScopes: [a, c]}}]\n"),
            "warning meta-entry-edited :8: the entry 1.0.0 is published, and its scopedImpact names c and no longer b",
        ),
        (
            "it was not published, and is reworded",
            entry("2.0.0", "To be written.", "2024-05-01"),
            entry("2.0.0", "Lamps go.", "2024-05-01"),
            "",
        ),
    ] {
        let expected: Vec<&str> = Some(told).filter(|told| !told.is_empty()).into_iter().collect();
        assert_eq!(problems(&old, &new), expected, "{why}");
    }
}

/// What a catalog brings, against the same without it, and against itself.
#[test]
fn what_no_user_wants_of_a_catalog_is_told_where_it_is_new() {
    let catalog = |id: &str, more: &str| {
        let text = format!(
            "{{\"streams\": [{{\"name\": \"visits\", \"json_schema\": {{\"type\": \"object\", \"properties\": {{\n\"id\": {id}\n}}}}, \
             \"supported_sync_modes\": [\"full_refresh\", \"incremental\"]{more}}}]}}"
        );
        Memory::new("catalog.json").file("", text)
    };
    let told = |old: &Memory, new: &Memory| -> Vec<String> {
        let report = compare(&sides::load(old.clone()), &sides::load(new.clone()), &Options::default());
        let line = |problem: &connector_diff::model::Problem| {
            problem.origin.as_ref().and_then(|origin| origin.line).unwrap_or_default()
        };
        report.problems.iter().map(|one| format!("{} :{}: {}", one.rule, line(one), one.message)).collect()
    };
    let plain = catalog(r#"{"type": "string"}"#, "");
    for (new, expected) in [
        (
            catalog(r#"{"type": "object"}"#, r#", "source_defined_primary_key": [["id"]]"#),
            "catalog-key-not-scalar :2: a primary key has to be a plain value, and these are objects or lists: id of visits",
        ),
        (
            catalog(r#"{"type": "string"}"#, r#", "default_cursor_field": ["at"]"#),
            "catalog-cursor-not-in-schema :1: the cursor stands in no schema: at of visits",
        ),
        (
            catalog(r#"{"type": "string", "format": "date-time", "airbyte_type": "datetime"}"#, ""),
            "catalog-airbyte-type-unknown :2: this airbyte_type is none that Airbyte knows: datetime at id of visits",
        ),
        (
            catalog(r#"{"type": "array", "items": {"not": {"type": "null"}}}"#, ""),
            "catalog-keyword-unsupported :2: destinations read over this keyword of a schema: not at id of visits",
        ),
    ] {
        assert_eq!(told(&plain, &new), [expected]);
        assert_eq!(told(&new, &plain), [""; 0], "it goes");
        let other = Memory::new("catalog.json").file("", new_text(&new).replace("\"visits\"", "\"visits\" "));
        assert_eq!(told(&new, &other), [""; 0], "it was there before");
    }
    let known = catalog(
        r#"{"type": "string", "format": "date-time", "airbyte_type": "timestamp_with_timezone"}"#,
        "",
    );
    assert_eq!(told(&plain, &known), [""; 0]);
}

fn new_text(tree: &Memory) -> String {
    use connector_diff::tree::Tree;
    let bytes = tree.read("", u64::MAX).expect("a file");
    String::from_utf8_lossy(bytes.as_ref()).into_owned()
}

#[test]
fn a_star_allows_every_host() {
    let hosts = |hosts: &str| format!("  allowedHosts: {{hosts: [{hosts}]}}\n");
    let introduced = |old: &str, new: &str| problems(&hosts(old), &hosts(new));
    let told = "warning meta-allowed-hosts-introduced :6: allowedHosts is new: requests to any other host are blocked";
    assert_eq!(introduced("\"*\"", "lantern.test"), [told]);
    assert_eq!(introduced("lantern.test", "\"*\""), [""; 0]);
    let narrowed = "warning meta-allowed-hosts-narrowed :6: allowedHosts no longer lists b.test: requests there are blocked";
    assert_eq!(introduced("a.test, b.test", "a.test"), [narrowed]);
}
