//! Two versions of a connector of lanterns, and the first two lines of their report.

#![allow(dead_code, reason = "each test file uses a part of it")]

use chrono::NaiveDate;
use connector_diff::model::{Connector, ConnectorReport};
use connector_diff::policy::FailOn;
use connector_diff::release::Gate;
use connector_diff::report::{Asked, Markdown, Render as _, Run, Text, View};
use connector_diff::tree::Memory;
use connector_diff::{Options, compare};

/// A side: its version, its entries, and what each stream has beside its key.
#[derive(Clone, Copy)]
pub(crate) struct Side<'s> {
    pub(crate) version: &'s str,
    pub(crate) entries: &'s str,
    pub(crate) streams: &'s [(&'s str, &'s str)],
    /// Properties of the spec, with the keys that stand beside them.
    pub(crate) spec: &'s str,
}

pub(crate) const OIL: &str = r#", "oil": {"type": "string"}"#;
pub(crate) const FREE: &str = r#", "size": {"type": "object"}"#;
pub(crate) const SHAPED: &str = r#", "size": {"type": "object", "properties": {"cm": {"type": "number"}}}"#;

pub(crate) const OLD: Side<'static> =
    Side { version: "1.4.2", entries: "", streams: &[("lamps", OIL), ("wicks", FREE)], spec: "" };

/// An entry that nothing is wrong with, for everyone.
pub(crate) const ENTRY: &str =
    "message: The stream lamps loses oil. Users must refresh it; see the migration guide.
        upgradeDeadline: \"2030-02-01\"
        deadlineAction: disable";

pub(crate) fn entry(version: &str, streams: &str) -> String {
    let scope = match streams {
        "" => String::new(),
        streams => format!("\n        scopedImpact: [{{scopeType: stream, impactedScopes: [{streams}]}}]"),
    };
    format!("\n  releases:\n    breakingChanges:\n      {version}:\n        {ENTRY}{scope}\n")
}

impl Side<'_> {
    pub(crate) fn load(&self) -> Connector {
        let streams: Vec<String> = self
            .streams
            .iter()
            .map(|(name, fields)| {
                format!(
                    "{{\"name\": \"{name}\", \"json_schema\": {{\"type\": \"object\", \"properties\": {{\"id\": {{\"type\": \
                     \"integer\"}}{fields}}}}}, \"supported_sync_modes\": [\"full_refresh\"]}}"
                )
            })
            .collect();
        let spec = format!("{{\"connectionSpecification\": {{\"type\": \"object\"{}}}}}", self.spec);
        let metadata = format!(
            "data:\n  connectorType: source\n  dockerImageTag: {}\n  dockerRepository: airbyte/source-lantern{}",
            self.version, self.entries
        );
        let tree = Memory::new("side")
            .file("metadata.yaml", metadata)
            .file("catalog.json", format!("{{\"streams\": [{}]}}", streams.join(", ")))
            .file("spec.json", spec);
        super::sides::load(tree)
    }
}

pub(crate) fn compared(old: &Side<'_>, new: &Side<'_>) -> ConnectorReport {
    let today = NaiveDate::from_ymd_opt(2030, 1, 1);
    compare(&old.load(), &new.load(), &Options { today, ..Options::default() })
}

pub(crate) fn printed(report: &ConnectorReport) -> String {
    let gate = Some(Gate::of(report, FailOn::Undeclared));
    let asked = Asked { brief: true, gate, ..Asked::default() };
    Text::default().render(&Run::from(View::of(report, asked))).lines().fold(String::new(), |all, line| {
        let plain = anstream::adapter::strip_str(line).to_string();
        all + &plain + "\n"
    })
}

pub(crate) fn comment(report: &ConnectorReport) -> String {
    let gate = Some(Gate::of(report, FailOn::Undeclared));
    let view = View::of(report, Asked { gate, ..Asked::default() });
    Markdown { most_characters: 60_000, files_at: None }.render(&Run::from(view))
}

/// The first two lines, without the connector and its versions.
pub(crate) fn first_two(report: &ConnectorReport) -> [String; 2] {
    let printed = printed(report);
    let mut lines = printed.lines();
    let first = lines.next().expect("an answer");
    let (_, answer) = first.split_once(": ").expect("a name before the answer");
    [answer.to_owned(), lines.next().unwrap_or_default().to_owned()]
}

/// How the first line ends: as the exit code says it.
pub(crate) fn mark(report: &ConnectorReport) -> &'static str {
    match Gate::of(report, FailOn::Undeclared).because.passes() {
        Some(true) => "passes",
        Some(false) => "fails",
        None => "cannot pass",
    }
}

/// Nothing is read of state here, which every answer says where something changed.
pub(crate) const UNSEEN: &str = "; state not seen";

pub(crate) fn assert_first_two(old: &Side<'_>, new: &Side<'_>, answer: &str, reach: &str) {
    let report = compared(old, new);
    let expected = [format!("{answer}{UNSEEN} [{}]", mark(&report)), reach.to_owned()];
    assert_eq!(first_two(&report), expected, "{}", printed(&report));
}
