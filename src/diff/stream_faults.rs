//! What a catalog says of a stream that the CDK's standard tests refuse, or that destinations do not read. It is looked at
//! where streams are compared, since they are parsed there and nowhere else.
//!
//! Source: `airbyte_cdk/test/standard_tests/_catalog_checks.py`, 7.39.1.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::model::{Stream, StreamId, StreamProperties};

/// So many schemas are looked at of the fields that are compared at once, and so deep: references lead on without an end, and
/// these are hints.
const MOST_SCHEMAS: usize = 20_000;
const DEEPEST: usize = 64;

/// What may be wrong with a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StreamFaultKind {
    /// An `airbyte_type` that Airbyte does not know.
    AirbyteTypeUnknown,
    /// The cursor is no field of the schema.
    CursorNotInSchema,
    /// A field of the primary key may hold objects or lists.
    KeyNotScalar,
    /// A keyword that destinations read over.
    KeywordUnsupported,
}

/// What is wrong in one place of a stream.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StreamFault {
    /// What it is.
    pub kind: StreamFaultKind,
    /// The names that lead to the field; none where it is the stream itself.
    pub field: Vec<String>,
    /// The keyword or the value that is wrong; empty where the field says it all.
    pub value: String,
}

/// What is wrong with a stream of the new catalog, and was not in the old one.
#[derive(Debug, Clone)]
pub struct NewFaults {
    /// The stream.
    pub stream: StreamId,
    /// Its place in the new catalog.
    pub index: usize,
    /// In order, at least one.
    pub faults: BTreeSet<StreamFault>,
}

impl NewFaults {
    /// The faults of a new stream that the old one, where there is one, has not.
    pub(super) fn of(new: &Stream, old: Option<&StreamProperties>, is: &StreamProperties) -> Option<Self> {
        let faults = new_ones(faults(is), || old.map(faults).unwrap_or_default());
        (!faults.is_empty()).then(|| Self { stream: new.id.clone(), index: new.index, faults })
    }

    /// The same with those of further fields of the stream.
    pub(super) fn with(known: Option<Self>, new: &Stream, (old, is): (&Value, &Value)) -> Option<Self> {
        let more = new_ones(faults_of_schema(is), || faults_of_schema(old));
        if more.is_empty() {
            return known;
        }
        let known = known.unwrap_or_else(|| Self {
            stream: new.id.clone(),
            index: new.index,
            faults: BTreeSet::new(),
        });
        Some(Self { faults: known.faults.into_iter().chain(more).collect(), ..known })
    }
}

fn new_ones(
    mut found: BTreeSet<StreamFault>,
    known: impl FnOnce() -> BTreeSet<StreamFault>,
) -> BTreeSet<StreamFault> {
    if !found.is_empty() {
        let known = known();
        found.retain(|fault| !known.contains(fault));
    }
    found
}

/// What is wrong with a stream, as far as its schema, its key and its cursor are known.
fn faults(properties: &StreamProperties) -> BTreeSet<StreamFault> {
    let mut faults = BTreeSet::new();
    let StreamProperties { json_schema, source_defined_primary_key, default_cursor_field, .. } = properties;
    let Some(schema) = json_schema.known() else { return faults };
    let schema = schema.open();
    let root = schema.root().value();
    for path in source_defined_primary_key.known().into_iter().flatten() {
        if find(root, path).is_some_and(|field| field.is_some_and(may_hold_others)) {
            let (kind, field) = (StreamFaultKind::KeyNotScalar, path.clone());
            faults.insert(StreamFault { kind, field, value: String::new() });
        }
    }
    if let Some(path) = default_cursor_field.known().filter(|path| !path.is_empty())
        && find(root, path) == Some(None)
    {
        let (kind, field) = (StreamFaultKind::CursorNotInSchema, path.clone());
        faults.insert(StreamFault { kind, field, value: String::new() });
    }
    faults.extend(faults_of_schema(root));
    faults
}

fn faults_of_schema(root: &Value) -> BTreeSet<StreamFault> {
    let mut faults = BTreeSet::new();
    Walk { seen: 0, faults: &mut faults }.schema(root, &mut Vec::new(), 0);
    faults
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

/// Walks through a schema as it is written; what a reference to another file leads to is not looked at.
struct Walk<'f> {
    seen: usize,
    faults: &'f mut BTreeSet<StreamFault>,
}

impl Walk<'_> {
    /// Calls itself once per level.
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
        let mut fault = |kind: StreamFaultKind, field: &[&str], value: &str| {
            let field = field.iter().map(|&name| name.to_owned()).collect();
            self.faults.insert(StreamFault { kind, field, value: value.to_owned() });
        };
        for (keyword, value) in map {
            match (keyword.as_str(), value) {
                ("airbyte_type", Value::String(hint)) if !KNOWN.contains(&hint.as_str()) => {
                    fault(StreamFaultKind::AirbyteTypeUnknown, field, hint);
                }
                ("allOf" | "not", _) => fault(StreamFaultKind::KeywordUnsupported, field, keyword),
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
