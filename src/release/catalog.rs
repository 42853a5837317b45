//! What of a catalog no user wants, although it breaks nobody: checks that the CDK's standard tests make of `discover`
//! (`airbyte_cdk/test/standard_tests/_catalog_checks.py`, 7.39.1), of what this release brings.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;

use super::{Found, Subject};
use crate::diff::by_pieces;
use crate::model::{Connector, Finding, Located, Pointer, Stream, StreamBody, StreamProperties};
use crate::rules::Check;
use crate::rules::release as checks;

/// So many places are named.
const MOST_NAMED: usize = 5;

/// So many schemas of one stream are looked at, and so deep: references lead on without an end, and these are hints.
const MOST_SCHEMAS: usize = 20_000;
const DEEPEST: usize = 64;

/// What is wrong in one place of a stream: by the check, the field, and the value that is wrong.
type Fault = (&'static str, Vec<String>, String);

/// The checks with what is said of the places.
static CHECKS: [(&Check, &str); 4] = [
    (
        &checks::catalog_key_not_scalar::CHECK,
        "a primary key has to be a plain value, and these are objects or lists",
    ),
    (&checks::catalog_cursor_not_in_schema::CHECK, "the cursor stands in no schema"),
    (&checks::catalog_airbyte_type_unknown::CHECK, "this airbyte_type is none that Airbyte knows"),
    (&checks::catalog_keyword_unsupported::CHECK, "destinations read over this keyword of a schema"),
];

/// What the new catalog has and the old one had not. Only streams of which something is found bring anything.
pub(super) fn problems(old: &Connector, new: &Connector, findings: &[Finding]) -> Vec<Found> {
    let Some(catalog) = &new.catalog else { return Vec::new() };
    let differing: HashSet<&str> = findings
        .iter()
        .flat_map(|finding| {
            let own = finding.stream.iter().map(|stream| stream.name.as_str());
            own.chain(finding.scope.streams.iter().map(String::as_str))
        })
        .collect();
    if differing.is_empty() {
        return Vec::new();
    }
    let is_differing = |stream: &&Stream| differing.contains(stream.id.name.as_str());
    let before = old.catalog.iter().flat_map(|catalog| &catalog.streams).filter(is_differing);
    let before: BTreeMap<_, &Stream> = before.map(|stream| (&stream.id, stream)).collect();
    let mut found: BTreeMap<&str, Vec<(&Stream, Fault)>> = BTreeMap::new();
    for stream in catalog.streams.iter().filter(is_differing) {
        let was = before.get(&stream.id);
        if was.is_some_and(|was| was.text().is_some() && was.text() == stream.text()) {
            continue;
        }
        // Of what is the same on both sides nothing is new.
        let (mut before, mut after) = (Faults::default(), Faults::default());
        let seen = match was {
            Some(was) => by_pieces(was, stream, |was, is| {
                before.look_at(was);
                after.look_at(is);
            })
            .is_ok(),
            None => stream.properties().map(|is| after.look_at(&is)).is_ok(),
        };
        for fault in after.found.difference(&before.found).filter(|_| seen) {
            found.entry(fault.0).or_default().push((stream, fault.clone()));
        }
    }
    let problem = |(check, what): &(&'static Check, &str)| {
        let places = found.get(check.id)?;
        let named = |(stream, (_, field, value)): &(&Stream, Fault)| match value.as_str() {
            "" => format!("{} of {}", field.join("."), stream.id),
            value if field.is_empty() => format!("{value} in {}", stream.id),
            value => format!("{value} at {} of {}", field.join("."), stream.id),
        };
        let more = places.len().saturating_sub(MOST_NAMED);
        let names: Vec<String> = places.iter().take(MOST_NAMED).map(named).collect();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let about = Subject::release(new)
            .streams(places.iter().map(|(stream, _)| &stream.id))
            .values(places.iter().map(named));
        let (first, (_, field, _)) = places.first()?;
        let message = format!("{what}: {}{more}", names.join(", "));
        Some(Found { place: place(first, field), ..Found::new(check, about, message) })
    };
    CHECKS.iter().filter_map(problem).collect()
}

/// Where a field of a stream stands, or the stream.
fn place(stream: &Stream, field: &[String]) -> Option<Located> {
    let steps = field.iter().flat_map(|name| ["properties".to_owned(), name.clone()]);
    let pointer = Pointer::new(std::iter::once("json_schema".to_owned()).chain(steps));
    match &stream.body {
        StreamBody::Captured { .. } => stream.captured_place(&pointer),
        StreamBody::Derived { locate, .. } => locate.locate(&pointer),
    }
}

/// What is wrong with one version of a stream.
#[derive(Default)]
struct Faults {
    found: BTreeSet<Fault>,
    /// How many schemas were looked at.
    seen: usize,
}

impl Faults {
    fn look_at(&mut self, properties: &StreamProperties) {
        let StreamProperties { json_schema, source_defined_primary_key, default_cursor_field, .. } =
            properties;
        let Some(schema) = json_schema.known() else { return };
        let root = schema.root().value();
        for path in source_defined_primary_key.known().into_iter().flatten() {
            if find(root, path).is_some_and(|field| field.is_some_and(may_hold_others)) {
                self.found.insert((checks::catalog_key_not_scalar::CHECK.id, path.clone(), String::new()));
            }
        }
        if let Some(path) = default_cursor_field.known().filter(|path| !path.is_empty())
            && find(root, path) == Some(None)
        {
            self.found.insert((checks::catalog_cursor_not_in_schema::CHECK.id, path.clone(), String::new()));
        }
        self.schema(root, &mut Vec::new(), 0);
    }

    /// Walks through a schema as it is written; what a reference to another file leads to is not looked at. Calls itself once per
    /// level.
    fn schema<'v>(&mut self, schema: &'v Value, field: &mut Vec<&'v str>, depth: usize) {
        self.seen += 1;
        let Value::Object(map) = schema else { return };
        if depth > DEEPEST || self.seen > MOST_SCHEMAS {
            return;
        }
        const KNOWN: [&str; 6] = [
            "timestamp_with_timezone",
            "timestamp_without_timezone",
            "time_with_timezone",
            "time_without_timezone",
            "integer",
            "big_integer",
        ];
        let mut fault = |check: &Check, field: &[&str], value: &str| {
            let field = field.iter().map(|&name| name.to_owned()).collect();
            self.found.insert((check.id, field, value.to_owned()));
        };
        for (keyword, value) in map {
            match (keyword.as_str(), value) {
                ("airbyte_type", Value::String(hint)) if !KNOWN.contains(&hint.as_str()) => {
                    fault(&checks::catalog_airbyte_type_unknown::CHECK, field, hint);
                }
                ("allOf" | "not", _) => fault(&checks::catalog_keyword_unsupported::CHECK, field, keyword),
                _ => {}
            }
        }
        for (keyword, value) in map {
            match (keyword.as_str(), value) {
                ("properties", Value::Object(properties)) => {
                    for (name, inner) in properties {
                        field.push(name);
                        self.schema(inner, field, depth + 1);
                        field.pop();
                    }
                }
                ("items" | "additionalProperties", inner) => self.schema(inner, field, depth + 1),
                ("oneOf" | "anyOf" | "allOf", Value::Array(parts)) => {
                    parts.iter().for_each(|part| self.schema(part, field, depth + 1));
                }
                _ => {}
            }
        }
    }
}

/// The schema of a field, `Some(None)` where none declares it; `None` where a schema on the way says its fields in another
/// way than by `properties`.
fn find<'v>(root: &'v Value, path: &[String]) -> Option<Option<&'v Value>> {
    let mut at = root;
    for name in path {
        let is_otherwise =
            ["$ref", "oneOf", "anyOf", "allOf"].iter().any(|keyword| at.get(*keyword).is_some());
        match at.get("properties").and_then(Value::as_object)?.get(name) {
            Some(inner) => at = inner,
            None if is_otherwise => return None,
            None => return Some(None),
        }
    }
    Some(Some(at))
}

/// Whether a field may be an object or a list.
fn may_hold_others(schema: &Value) -> bool {
    let is_other = |name: &Value| name == "object" || name == "array";
    let own = match &schema["type"] {
        Value::Array(names) => names.iter().any(is_other),
        name => is_other(name),
    };
    let options = ["anyOf", "oneOf"].into_iter().filter_map(|keyword| schema[keyword].as_array()).flatten();
    own || options.into_iter().any(may_hold_others)
}
