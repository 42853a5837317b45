//! What people and programs read: one snapshot per format over the demo connector.

use connector_diff::load::{Side, configured_catalog, connector};
use connector_diff::model::ConnectorReport;
use connector_diff::report::{Detail, json, markdown, schema, text};
use connector_diff::{Options, compare, report};

fn side(path: &str) -> Side {
    Side { path: path.into(), ..Side::default() }
}

fn demo(options: &Options) -> ConnectorReport {
    let old = connector(&side("corpus/demo/old/source-bookshop"));
    let new = connector(&side("corpus/demo/new/source-bookshop"));
    compare(&old, &new, options)
}

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[test]
fn text_report() {
    insta::assert_snapshot!(plain(&text(&demo(&Options::default()), Detail::default())));
}

#[test]
fn text_report_with_everything() {
    let detail = Detail { all: true, verbose: true, quiet: false, equivalent: false };
    insta::assert_snapshot!(plain(&text(&demo(&Options::default()), detail)));
}

#[test]
fn a_quiet_release_is_one_line() {
    let old = connector(&side("corpus/demo/old/source-bookshop"));
    let quiet = compare(&old, &old, &Options::default());
    let printed = plain(&text(&quiet, Detail::default()));
    assert_eq!(printed.lines().count(), 1, "{printed}");
    insta::assert_snapshot!(printed);
}

#[test]
fn markdown_report() {
    insta::assert_snapshot!(markdown(&report(vec![demo(&Options::default())]), 60_000, false));
}

#[test]
fn a_long_markdown_report_is_cut_between_rows_and_says_so() {
    let whole = report(vec![demo(&Options::default())]);
    let cut = markdown(&whole, 1_800, false);
    assert!(cut.chars().count() <= 1_800, "{} characters", cut.chars().count());
    assert!(cut.contains("left out for length"), "{cut}");
    assert_eq!(cut.matches("<details>").count(), cut.matches("</details>").count());
}

#[test]
fn json_report() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("configured.json");
    let configured = r#"{"streams": [{"stream": {"name": "orders", "json_schema": {},
        "supported_sync_modes": ["full_refresh", "incremental"]}, "sync_mode": "incremental",
        "destination_sync_mode": "append_dedup", "cursor_field": ["updated_at"], "primary_key": [["id"]]}]}"#;
    std::fs::write(&path, configured).expect("a temporary file");
    let configured_catalog = Some(configured_catalog(&path).expect("a configured catalog"));
    let options = Options { configured_catalog, patch: true, ..Options::default() };
    insta::assert_snapshot!(json(&report(vec![demo(&options)])));
}

#[test]
fn the_published_report_schema_is_current() {
    let published = include_str!("../docs/report.schema.json");
    assert_eq!(published, schema(), "run: cargo run --example dev -- generate");
}

#[test]
fn every_json_report_has_the_shape_that_programs_rely_on() {
    let value: serde_json::Value =
        serde_json::from_str(&json(&report(vec![demo(&Options::default())]))).expect("JSON");
    assert_eq!(value["schema_version"], 1);
    let one = &value["connectors"][0];
    for key in [
        "outcome",
        "required_bump",
        "bump_if_confirmed",
        "actual_bump",
        "minimum_version",
        "declaration",
        "breaking_types",
        "scope",
        "platform_breaking",
        "rollback_safe",
    ] {
        assert!(one["verdict"].get(key).is_some(), "verdict.{key}");
    }
    for key in [
        "id",
        "rule",
        "level",
        "type",
        "bump",
        "artifact",
        "stream",
        "field",
        "branch",
        "pointer",
        "editions",
        "platform",
        "related",
        "old",
        "new",
        "scope",
        "effect",
        "action",
        "evidence",
        "origin",
        "cause",
        "migration",
        "waived",
    ] {
        assert!(one["findings"][0].get(key).is_some(), "finding.{key}");
    }
}
