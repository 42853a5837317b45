//! What of a catalog no user wants, although it breaks nobody: checks that the CDK's standard tests make of `discover`
//! (`airbyte_cdk/test/standard_tests/_catalog_checks.py`, 7.39.1), of what this release brings.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Found, Subject};
use crate::diff::{declares, json_types};
use crate::model::{Connector, JsonType, Located, Pointer, SchemaNode, Stream, StreamBody, StreamProperties};
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

/// What the new catalog has and the old one had not.
pub(super) fn problems(old: &Connector, new: &Connector) -> Vec<Found> {
    let Some(catalog) = &new.catalog else { return Vec::new() };
    let before: BTreeMap<_, &Stream> =
        old.catalog.iter().flat_map(|catalog| &catalog.streams).map(|stream| (&stream.id, stream)).collect();
    let mut found: BTreeMap<&str, Vec<(&Stream, Fault)>> = BTreeMap::new();
    for stream in &catalog.streams {
        let was = before.get(&stream.id);
        if was.is_some_and(|was| was.text().is_some() && was.text() == stream.text()) {
            continue;
        }
        let faults = faults(stream);
        if faults.is_empty() {
            continue;
        }
        let known = was.map(|was| self::faults(was)).unwrap_or_default();
        for fault in faults.difference(&known) {
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

fn faults(stream: &Stream) -> BTreeSet<Fault> {
    let mut faults = BTreeSet::new();
    let Ok(properties) = stream.properties() else { return faults };
    let StreamProperties { json_schema, source_defined_primary_key, default_cursor_field, .. } = &*properties;
    let Some(schema) = json_schema.known() else { return faults };
    for path in source_defined_primary_key.known().into_iter().flatten() {
        let types = json_types(schema, path).unwrap_or_default();
        if types.contains(&JsonType::Object) || types.contains(&JsonType::List) {
            faults.insert((checks::catalog_key_not_scalar::CHECK.id, path.clone(), String::new()));
        }
    }
    if let Some(path) = default_cursor_field.known().filter(|path| !path.is_empty())
        && declares(schema, path) == Some(false)
    {
        faults.insert((checks::catalog_cursor_not_in_schema::CHECK.id, path.clone(), String::new()));
    }
    let mut walk = Walk { seen: HashSet::new(), faults: &mut faults };
    walk.schema(schema.root(), &mut Vec::new(), 0);
    faults
}

struct Walk<'f> {
    seen: HashSet<*const serde_json::Value>,
    faults: &'f mut BTreeSet<Fault>,
}

impl Walk<'_> {
    /// Calls itself once per level.
    fn schema(&mut self, node: SchemaNode<'_>, field: &mut Vec<String>, depth: usize) {
        let Ok(node) = node.resolve() else { return };
        if depth > DEEPEST || self.seen.len() > MOST_SCHEMAS || !self.seen.insert(node.address()) {
            return;
        }
        let Some(map) = node.value().as_object() else { return };
        const KNOWN: [&str; 6] = [
            "timestamp_with_timezone",
            "timestamp_without_timezone",
            "time_with_timezone",
            "time_without_timezone",
            "integer",
            "big_integer",
        ];
        if let Some(hint) = map.get("airbyte_type").and_then(serde_json::Value::as_str)
            && !KNOWN.contains(&hint)
        {
            let check = checks::catalog_airbyte_type_unknown::CHECK.id;
            self.faults.insert((check, field.clone(), hint.to_owned()));
        }
        for keyword in ["allOf", "not"].into_iter().filter(|keyword| map.contains_key(*keyword)) {
            let check = checks::catalog_keyword_unsupported::CHECK.id;
            self.faults.insert((check, field.clone(), keyword.to_owned()));
        }
        let names = map.get("properties").and_then(serde_json::Value::as_object);
        for name in names.into_iter().flat_map(|names| names.keys()) {
            if let Some(inner) = node.child("properties").and_then(|all| all.child(name)) {
                field.push(name.clone());
                self.schema(inner, field, depth + 1);
                field.pop();
            }
        }
        for keyword in ["items", "additionalProperties"] {
            if let Some(inner) = node.child(keyword) {
                self.schema(inner, field, depth + 1);
            }
        }
        for keyword in ["oneOf", "anyOf", "allOf"] {
            let count = map.get(keyword).and_then(serde_json::Value::as_array).map_or(0, Vec::len);
            for index in 0..count {
                if let Some(inner) = node.child(keyword).and_then(|all| all.child(&index.to_string())) {
                    self.schema(inner, field, depth + 1);
                }
            }
        }
    }
}
