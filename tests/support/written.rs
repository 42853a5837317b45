//! Destinations with tests and output: two versions of one, and what is found.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::sync::Arc;

use connector_diff::load::{Request, connector_in};
use connector_diff::model::{Artifact, ConnectorReport, CoverageStatus};
use connector_diff::report::{Asked, Render, Text, View};
use connector_diff::tree::{Memory, Tree};
use connector_diff::{Options, compare};

use super::sides::{self, beside, folder};

pub(crate) const METADATA: &str =
    "data:\n  connectorType: destination\n  dockerRepository: airbyte/destination-shelf\n";
pub(crate) const SPEC: &str =
    r#"{"connectionSpecification": {"type": "object"}, "supported_destination_sync_modes": ["append"]}"#;
pub(crate) const FINAL: &str = "src/test-integration/resources/dat/sync1_expectedrecords_dedup_final.jsonl";
pub(crate) const GOLDEN: &str =
    "src/test-integration/resources/golden_files/ShelfTest/schema-regression/column_names/append.json";

/// A destination of this version with these files, whose code differs from that of every other version.
pub(crate) fn destination(version: &str, files: &[(&str, &str)]) -> Memory {
    let code = format!("class Writer {{ val version = \"{version}\" }}\n");
    let metadata = format!("{METADATA}  dockerImageTag: {version}\n");
    let tree = folder(version, files).file("metadata.yaml", metadata).file("src/main/kotlin/Writer.kt", code);
    tree.file("src/main/resources/spec.json", SPEC)
}

pub(crate) fn report(old: &[(&str, &str)], new: &[(&str, &str)]) -> ConnectorReport {
    let [old, new] =
        [("1.0.0", old), ("1.1.0", new)].map(|(version, files)| sides::load(destination(version, files)));
    compare(&old, &new, &Options::default())
}

/// Two versions without any test, and what flags name beside them.
pub(crate) fn given(old: &[(&str, &[u8])], new: &[(&str, &[u8])]) -> ConnectorReport {
    let side = |version: &str, files: &[(&str, &[u8])]| {
        let outputs: Vec<Arc<dyn Tree>> = files.iter().map(|(name, bytes)| beside(name, bytes)).collect();
        connector_in(&Request { outputs, ..Request::new(destination(version, &[])) })
    };
    compare(&side("1.0.0", old), &side("1.1.0", new), &Options::default())
}

pub(crate) fn found(report: &ConnectorReport) -> Vec<String> {
    let told = |one: &connector_diff::model::Finding| {
        format!("{} {} {}", one.level.name(), one.rule, one.field.join("/")).trim_end().to_owned()
    };
    report.findings.iter().map(told).collect()
}

pub(crate) fn coverage(report: &ConnectorReport) -> (CoverageStatus, CoverageStatus, String) {
    let line = report.coverage.iter().find(|line| line.artifact == Artifact::Destination).expect("a line");
    (line.old, line.new, line.reason.clone())
}

pub(crate) fn first_line(report: &ConnectorReport) -> String {
    let text = Text::default().render(&View::of(report, Asked::default()).into());
    text.lines().next().unwrap_or_default().to_owned()
}
