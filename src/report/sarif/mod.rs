//! SARIF 2.1.0, for code scanning and whatever else reads results of analyses.

mod v2;

use std::collections::BTreeMap;

use super::annotation::{Annotation, Kind, UNJUDGED, Weight, annotations, answer, of_all};
use super::checkout::{Checkout, Place, encoded};
use super::text::plain;
use super::view::{self, Render, View, phrase};
use crate::model::{BreakingType, Finding, Level, Severity, harmless_json, visible};
use crate::rules;
use v2::{
    ArtifactLocation, AutomationDetails, BaseId, BaseIdReference, Configuration, Connector, Driver,
    Fingerprints, Help, Invocation, Location, Log, LogicalLocation, Notification, PhysicalLocation, Region,
    ReportingDescriptor, Result, ResultProperties, RuleProperties, Run, RunProperties, Suppression, Text,
    Tool, VersionControl,
};

/// The SARIF report. It is rendered from views that tell [places](super::Grain::Place) one by one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sarif {
    /// The repository of the new side, where it is known.
    pub files_at: Option<Checkout>,
}

/// Code scanning refuses a run with more results.
const MOST_RESULTS: usize = 25_000;

/// And a result with more locations.
const MOST_LOCATIONS: usize = 1_000;

/// What paths are relative to: the root of the repository.
const ROOT: &str = "%SRCROOT%";

impl Render for Sarif {
    fn render(&self, run: &view::Run<'_>) -> String {
        self.within(run, MOST_RESULTS, MOST_LOCATIONS)
    }
}

impl Sarif {
    fn within(&self, run: &view::Run<'_>, most_results: usize, most_locations: usize) -> String {
        let views = &run.views;
        let all = annotations(views, self.files_at.as_ref());
        let (unread, mut found): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|one| matches!(one.kind, Kind::Unread));
        let mut notifications: Vec<Notification> = unread.iter().map(notification).collect();
        let heading = run.heading.as_ref().map(of_all);
        let notes = run.notes.iter().map(plain);
        notifications.extend(heading.into_iter().chain(notes).map(|note| Notification {
            level: "note",
            message: Text { text: visible(&note).into_owned() },
            locations: Vec::new(),
        }));
        let total = found.len();
        // The least important come last.
        found.truncate(most_results);
        if total > found.len() {
            let left_out = phrase::count(total - found.len(), "result");
            let message =
                format!("{left_out} left out, since a run may have {most_results}: the least important ones");
            notifications.push(Notification {
                level: "warning",
                message: Text { text: message },
                locations: Vec::new(),
            });
        }
        let mut numbers: BTreeMap<&str, usize> = found.iter().map(|one| (one.rule, 0)).collect();
        numbers.values_mut().enumerate().for_each(|(index, number)| *number = index);
        let published = self.files_at.as_ref().and_then(|files| files.published.as_ref());
        let run = Run {
            tool: Tool {
                driver: Driver {
                    name: env!("CARGO_PKG_NAME"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: numbers.keys().map(|rule| descriptor(rule)).collect(),
                },
            },
            automation_details: AutomationDetails { id: "connector-diff/" },
            invocations: [Invocation {
                execution_successful: unread.is_empty(),
                tool_execution_notifications: notifications,
            }],
            version_control_provenance: published
                .into_iter()
                .map(|published| VersionControl {
                    repository_uri: published.repository.clone(),
                    revision_id: published.revision.clone(),
                    mapped_to: BaseIdReference { uri_base_id: ROOT },
                })
                .collect(),
            original_uri_base_ids: BTreeMap::from([(
                ROOT,
                BaseId {
                    description: text("The root of the repository, or the folder of the run outside of one."),
                },
            )]),
            column_kind: "unicodeCodePoints",
            results: found.iter().map(|one| result(one, &numbers, most_locations)).collect(),
            properties: RunProperties { connectors: views.iter().map(connector).collect() },
        };
        let log = Log { schema: SCHEMA, version: "2.1.0", runs: [run] };
        let mut json = serde_json::to_string_pretty(&log).unwrap_or_default();
        json.push('\n');
        harmless_json(json)
    }
}

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

fn level(weight: Weight) -> &'static str {
    match weight {
        Weight::Error => "error",
        Weight::Warning => "warning",
        Weight::Note => "note",
    }
}

/// A text of a message. Braces hold places for arguments, and a pair of brackets before a parenthesis is a link: neither is
/// meant by what a connector is called (3.11.5 and 3.11.6 of the standard).
fn text(text: impl AsRef<str>) -> Text {
    let mut text = text.as_ref().replace('{', "{{").replace('}', "}}");
    if text.contains("](") {
        text = text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]");
    }
    Text { text }
}

/// The lines of an annotation, each as it can be seen.
fn lines(one: &Annotation<'_>) -> Text {
    let lines: Vec<String> = one.lines.iter().map(|line| visible(line).into_owned()).collect();
    text(lines.join("\n"))
}

fn result<'v>(one: &Annotation<'v>, numbers: &BTreeMap<&str, usize>, most_locations: usize) -> Result<'v> {
    let (logical_locations, left_out) = logical_locations(one, most_locations);
    Result {
        rule_id: one.rule,
        rule_index: numbers.get(one.rule).copied().unwrap_or_default(),
        level: level(one.weight),
        message: lines(one),
        locations: [Location {
            physical_location: one.place.as_ref().map(physical_location),
            logical_locations,
        }],
        partial_fingerprints: one.fingerprint().map(|first| Fingerprints { line: first, first }),
        suppressions: one
            .waived
            .iter()
            .map(|why| Suppression {
                kind: "external",
                status: "accepted",
                justification: visible(&plain(why)).into_owned(),
            })
            .collect(),
        properties: ResultProperties {
            connector: one.connector,
            ids: one.ids.clone(),
            logical_locations_left_out: (left_out > 0).then_some(left_out),
        },
    }
}

fn physical_location(place: &Place) -> PhysicalLocation {
    let is_absolute = place.path.starts_with('/');
    let (uri, uri_base_id) = match is_absolute {
        true => (format!("file://{}", encoded(&place.path)), None),
        false => (encoded(&place.path), Some(ROOT)),
    };
    PhysicalLocation {
        artifact_location: ArtifactLocation { uri, uri_base_id },
        region: place.line.map(|start_line| Region { start_line, start_column: place.column }),
    }
}

/// The streams and fields, and how many there is no room for.
fn logical_locations(one: &Annotation<'_>, most: usize) -> (Vec<LogicalLocation>, usize) {
    let mut all: Vec<LogicalLocation> =
        one.findings().iter().map(|finding| logical_location(one.connector, finding)).collect();
    if all.is_empty() {
        all.push(LogicalLocation {
            name: visible(one.connector).into_owned(),
            fully_qualified_name: visible(one.connector).into_owned(),
            kind: "module",
        });
    }
    let left_out = all.len().saturating_sub(most);
    all.truncate(most);
    (all, left_out)
}

/// A field, a stream or an artifact: `source-x/users/address.zip`.
fn logical_location(connector: &str, finding: &Finding) -> LogicalLocation {
    let stream = finding.stream.as_ref().map(ToString::to_string);
    let holder = stream.unwrap_or_else(|| finding.artifact.name().to_owned());
    let field = finding.field.join(".");
    let (name, kind) = match (field.as_str(), &finding.stream) {
        ("", Some(_)) => (&holder, "object"),
        ("", None) => (&holder, "resource"),
        _ => (&field, "property"),
    };
    let path: Vec<&str> = [connector, &holder, &field].into_iter().filter(|part| !part.is_empty()).collect();
    LogicalLocation {
        name: visible(name).into_owned(),
        fully_qualified_name: visible(&path.join("/")).into_owned(),
        kind,
    }
}

fn notification(one: &Annotation<'_>) -> Notification {
    let physical = one.place.as_ref().map(physical_location);
    Notification {
        level: level(one.weight),
        message: lines(one),
        locations: physical
            .map(|physical| Location { physical_location: Some(physical), logical_locations: Vec::new() })
            .into_iter()
            .collect(),
    }
}

fn connector<'v>(view: &'v View<'_>) -> Connector<'v> {
    Connector {
        name: view.name,
        answer: visible(&answer(view)).into_owned(),
        outcome: view.verdict.outcome.name(),
        required_bump: view.verdict.required_bump.name(),
        minimum_version: view.verdict.minimum_version.as_deref(),
        declaration: view.verdict.declaration.name(),
        passes: view.asked.gate.and_then(|gate| gate.because.passes()),
        gate: view.rest.gate.as_ref().map(|gate| gate.line.as_str()),
    }
}

/// A rule or a check, as its page has it.
fn descriptor(id: &str) -> ReportingDescriptor {
    let explained =
        |id, title: &str, [checks, why]: [&str; 2], level, tag, references: &[rules::Reference]| {
            let markdown = rules::explanation(id).unwrap_or_default();
            ReportingDescriptor {
                id,
                short_description: text(title),
                full_description: text(checks),
                help_uri: references.iter().find_map(|reference| reference.url),
                help: Help { text: format!("{checks} {why}"), markdown },
                default_configuration: Configuration { level },
                properties: RuleProperties { tags: ["airbyte"].into_iter().chain(tag).collect() },
            }
        };
    if let Some(rule) = rules::find(id) {
        let level = match rule.level {
            Level::Breaking => "error",
            Level::Review => "warning",
            Level::Safe | Level::Cosmetic => "note",
        };
        let tag = rule.breaking_type.map(BreakingType::name);
        return explained(rule.id, rule.title, [rule.checks, rule.why], level, tag, rule.references);
    }
    if let Some(check) = rules::find_check(id) {
        let level = match check.level {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        return explained(
            check.id,
            check.title,
            [check.checks, check.why],
            level,
            Some("release"),
            check.references,
        );
    }
    const SAID: &str = "A difference that no rule judges yet: nobody knows whether it breaks users.";
    ReportingDescriptor {
        id: UNJUDGED,
        short_description: text("No rule judges this yet"),
        full_description: text(SAID),
        help_uri: None,
        help: Help { text: SAID.to_owned(), markdown: SAID.to_owned() },
        default_configuration: Configuration { level: "warning" },
        properties: RuleProperties { tags: vec!["airbyte"] },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::{Request, connector_in};
    use crate::report::{Asked, Grain};
    use crate::tree::Memory;
    use crate::{Options, compare};

    #[test]
    fn what_exceeds_a_bound_is_left_out_from_the_least_important_and_said() {
        let side = |is_old: bool| {
            let gone = if is_old { r#""gone": {"type": "string"}"# } else { r#""new": {"type": "string"}"# };
            let stream = |name: u32| {
                format!(
                    "{{\"name\": \"s{name}\", \"json_schema\": {{\"properties\": {{\"id\": {{\"type\": \"string\"}}, {gone}}}}}}}"
                )
            };
            // Three streams on one line, and each of the others on its own.
            let streams: Vec<String> = (0..6).map(stream).collect();
            let catalog = format!(
                "{{\"streams\": [{}, {}, {},\n{}]}}",
                streams[0],
                streams[1],
                streams[2],
                streams[3..].join(",\n")
            );
            connector_in(&Request::new(Memory::new("catalog.json").file("", catalog)))
        };
        let report = compare(&side(true), &side(false), &Options::default());
        let asked = Asked { grain: Grain::Place, most_entries: u64::MAX, ..Asked::default() };
        let run = view::Run::from(View::of(&report, asked));
        let log = |most_results, most_locations| -> serde_json::Value {
            let log = Sarif::default().within(&run, most_results, most_locations);
            serde_json::from_str(&log).expect("JSON")
        };
        let levels = |log: &serde_json::Value| -> Vec<String> {
            let results = log["runs"][0]["results"].as_array().expect("results");
            results.iter().map(|one| one["level"].as_str().expect("a level").to_owned()).collect()
        };
        let notes =
            |log: &serde_json::Value| log["runs"][0]["invocations"][0]["toolExecutionNotifications"].clone();
        let whole = log(8, 3);
        assert_eq!(levels(&whole), [["error"; 4], ["note"; 4]].concat());
        assert_eq!(notes(&whole), serde_json::Value::Null);
        let cut = log(5, 2);
        assert_eq!(levels(&cut), ["error", "error", "error", "error", "note"]);
        let said = "3 results left out, since a run may have 5: the least important ones";
        assert_eq!(notes(&cut)[0]["message"]["text"], said);
        let first = |log: &serde_json::Value| log["runs"][0]["results"][0].clone();
        let named =
            |log: &serde_json::Value| first(log)["locations"][0]["logicalLocations"].as_array().map(Vec::len);
        assert_eq!((named(&whole), named(&cut)), (Some(3), Some(2)));
        assert_eq!(first(&whole)["properties"]["logicalLocationsLeftOut"], serde_json::Value::Null);
        assert_eq!(first(&cut)["properties"]["logicalLocationsLeftOut"], 1);
        assert_eq!(first(&cut)["properties"]["ids"].as_array().map(Vec::len), Some(3), "no finding is lost");
    }

    #[test]
    fn a_text_says_what_it_says() {
        for (said, expected) in [
            ("plain [a] (b)", "plain [a] (b)"),
            ("{\"type\": {}}", "{{\"type\": {{}}}}"),
            ("a\\b [x](https://evil.test)", "a\\\\b \\[x\\](https://evil.test)"),
        ] {
            assert_eq!(text(said).text, expected);
        }
    }
}
