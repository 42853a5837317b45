//! The operations of a destination that activates data: the counterparts of streams, keys and required fields.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value};

use crate::diff::delta::{Beside, Change, Delta};
use crate::diff::destination_change::{DestinationChange, DestinationContext};
use crate::model::{Artifact, Operation, Operations, Pointer, Sides};
use crate::schema::{self, Inclusion};

/// The place of the file of operations among the tables of a side: behind all of them.
pub(crate) const OPERATIONS: usize = usize::MAX;

/// The differences of two lists of operations.
pub(super) fn diff(old: &Operations, new: &Operations) -> Vec<Delta> {
    let mut deltas = Vec::new();
    for ((object, mode), was) in &old.list {
        let mode = mode.clone();
        match new.list.get(&(object.clone(), mode.clone())) {
            Some(is) => deltas.extend(both(object, &mode, was, is)),
            // It may stand in what could not be read.
            None if !new.is_whole => {}
            None => deltas.push(delta(
                object,
                None,
                DestinationChange::OperationRemoved { mode },
                (Some(was), None),
            )),
        }
    }
    for (key @ (object, mode), is) in new.list.iter().filter(|_| old.is_whole) {
        if !old.list.contains_key(key) {
            let change = DestinationChange::OperationAdded { mode: mode.clone() };
            deltas.push(delta(object, None, change, (None, Some(is))));
        }
    }
    deltas
}

fn both(object: &str, mode: &str, was: &Operation, is: &Operation) -> Vec<Delta> {
    let mut deltas = Vec::new();
    let mut values = Values::of(was, is);
    let mode = mode.to_owned();
    let ends = (Some(was), Some(is));
    if was.matching_keys != is.matching_keys {
        let list = |operation: &Operation| {
            let key =
                |key: &BTreeSet<String>| key.iter().map(|name| Value::from(name.as_str())).collect::<Value>();
            operation.matching_keys.iter().map(key).collect()
        };
        let keeps_all = was.matching_keys.is_subset(&is.matching_keys);
        let change = DestinationChange::MatchingKeysChanged { mode: mode.clone(), keeps_all };
        deltas.push(Delta { old: Some(list(was)), new: Some(list(is)), ..delta(object, None, change, ends) });
    }
    for property in is.required.difference(&was.required) {
        let change = DestinationChange::OperationRequires { mode: mode.clone() };
        deltas.push(delta(object, Some(property), change, ends));
    }
    for (property, schema) in &was.properties {
        let after = is.properties.get(property);
        if !after.is_some_and(|after| values.are_taken(schema, after)) {
            let change = DestinationChange::OperationPropertyChanged { mode: mode.clone() };
            let found = delta(object, Some(property), change, ends);
            deltas.push(Delta { old: Some(schema.clone()), new: after.cloned(), ..found });
        }
    }
    // A property that was one of the others, and is listed with fewer values.
    let come =
        is.properties.iter().filter(|(name, _)| was.takes_others && !was.properties.contains_key(*name));
    for (property, schema) in come {
        if !values.are_taken(&was.others, schema) {
            let change = DestinationChange::OperationPropertyChanged { mode: mode.clone() };
            let found = delta(object, Some(property), change, ends);
            deltas.push(Delta { old: Some(was.others.clone()), new: Some(schema.clone()), ..found });
        }
    }
    if !values.are_taken(&was.others, &is.others) {
        let change = DestinationChange::OperationClosed { mode };
        let found = delta(object, None, change, ends);
        deltas.push(Delta { old: Some(was.others.clone()), new: Some(is.others.clone()), ..found });
    }
    deltas
}

/// A part of the schema that properties refer to: its keyword and its name.
type Definition<'o> = (&'o str, &'o str);

/// What two versions of an operation take. Properties that refer to the same definitions are many, so that each pair of
/// schemas is asked about once, with no more definitions than it reaches.
struct Values<'o> {
    was: &'o Operation,
    is: &'o Operation,
    /// Definitions that changed, or refer to one that did.
    changed: BTreeSet<Definition<'o>>,
    answers: HashMap<(String, String), bool>,
}

impl<'o> Values<'o> {
    fn of(was: &'o Operation, is: &'o Operation) -> Self {
        let mut changed: BTreeSet<Definition<'o>> = BTreeSet::new();
        let mut referrers: BTreeMap<Definition<'o>, Vec<Definition<'o>>> = BTreeMap::new();
        for (one, other) in [(was, is), (is, was)] {
            for (name, schema) in definitions(one) {
                if definition(other, name) != Some(schema) {
                    changed.insert(name);
                }
                for inner in references(schema) {
                    referrers.entry(inner).or_default().push(name);
                }
            }
        }
        let mut open: Vec<Definition<'o>> = changed.iter().copied().collect();
        while let Some(name) = open.pop() {
            let by = referrers.get(&name).into_iter().flatten().copied();
            open.extend(by.filter(|by| changed.insert(*by)));
        }
        Self { was, is, changed, answers: HashMap::new() }
    }

    /// Whether every value that one schema takes is taken by another; false where neither is shown. How a field is spelled,
    /// and in which order, says nothing.
    fn are_taken(&mut self, before: &Value, after: &Value) -> bool {
        if before == after && !references(before).iter().any(|name| self.changed.contains(name)) {
            return true;
        }
        let (was, is) = (self.was, self.is);
        let key = (before.to_string(), after.to_string());
        *self.answers.entry(key).or_insert_with(|| {
            let (old, new) = (whole(before, was), whole(after, is));
            let includes =
                matches!(schema::includes(&old, &new, &schema::Options::default()), Ok(Inclusion::Included));
            includes && hints(before, was) == hints(after, is)
        })
    }
}

fn definitions(operation: &Operation) -> impl Iterator<Item = (Definition<'_>, &Value)> {
    operation.definitions.iter().flat_map(|(keyword, named)| {
        let named = named.as_object().into_iter().flatten();
        named.map(move |(name, schema)| ((keyword.as_str(), name.as_str()), schema))
    })
}

fn definition<'o>(operation: &'o Operation, (keyword, name): Definition<'_>) -> Option<&'o Value> {
    operation.definitions.get(keyword)?.get(name)
}

/// The definition that `$ref` names: `#/$defs/NAME`.
fn referred(reference: &Value) -> Option<Definition<'_>> {
    let (keyword, rest) = reference.as_str()?.strip_prefix("#/")?.split_once('/')?;
    Some((keyword, rest.split('/').next().unwrap_or(rest)))
}

/// The definitions that a schema names itself.
fn references(schema: &Value) -> BTreeSet<Definition<'_>> {
    let mut found = BTreeSet::new();
    let mut open = vec![schema];
    while let Some(schema) = open.pop() {
        match schema {
            Value::Object(entries) => {
                found.extend(entries.get("$ref").and_then(referred));
                open.extend(entries.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    found
}

/// A schema with the definitions that it reaches.
fn whole(schema: &Value, operation: &Operation) -> Value {
    let Value::Object(entries) = schema else { return schema.clone() };
    let mut reached: BTreeSet<Definition<'_>> = BTreeSet::new();
    let mut open = vec![schema];
    while let Some(schema) = open.pop() {
        for name in references(schema) {
            let Some(inner) = definition(operation, name) else { continue };
            if reached.insert(name) {
                open.push(inner);
            }
        }
    }
    let mut entries = entries.clone();
    for (keyword, name) in reached {
        let Some(inner) = definition(operation, (keyword, name)) else { continue };
        let named = entries.entry(keyword).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(named) = named {
            named.insert(name.to_owned(), inner.clone());
        }
    }
    Value::Object(entries)
}

/// What tells destinations of a value and refuses none: formats and Airbyte's types, at whatever depth, by their places. What
/// a schema refers to is at the place of the reference.
fn hints<'o>(schema: &'o Value, operation: &'o Operation) -> BTreeSet<(String, &'o str)> {
    let mut found = BTreeSet::new();
    let mut open = vec![(String::new(), schema)];
    // A definition that holds itself is followed once.
    let mut followed: BTreeSet<Definition<'_>> = BTreeSet::new();
    while let Some((at, schema)) = open.pop() {
        match schema {
            Value::Object(entries) => {
                for (key, value) in entries {
                    let place = format!("{at}/{key}");
                    if key == "$ref"
                        && let Some(name) = referred(value)
                        && let Some(inner) = definition(operation, name)
                    {
                        if followed.insert(name) {
                            open.push((at.clone(), inner));
                        }
                    } else if let Some(text) =
                        value.as_str().filter(|_| matches!(key.as_str(), "format" | "airbyte_type"))
                    {
                        found.insert((place, text));
                    } else if !matches!(
                        key.as_str(),
                        "examples" | "default" | "enum" | "const" | "definitions" | "$defs"
                    ) {
                        open.push((place, value));
                    }
                }
            }
            // The order of alternatives says nothing.
            Value::Array(items) => open.extend(items.iter().map(|item| (format!("{at}/*"), item))),
            _ => {}
        }
    }
    found
}

fn delta(
    object: &str,
    property: Option<&str>,
    change: DestinationChange,
    (was, is): (Option<&Operation>, Option<&Operation>),
) -> Delta {
    let place = |operation: Option<&Operation>| operation.map(|operation| (OPERATIONS, operation.at));
    let place = Sides { old: place(was), new: place(is) };
    let field: Vec<String> = std::iter::once(object).chain(property).map(str::to_owned).collect();
    let pointer = |is_there: bool| {
        is_there.then(|| Pointer::new(["operations".to_owned()].into_iter().chain(field.clone())))
    };
    Delta {
        pointer: Sides { old: pointer(was.is_some()), new: pointer(is.is_some()) },
        field,
        beside: Beside::Destination(Box::new(DestinationContext { place, ..DestinationContext::default() })),
        ..Delta::new(Artifact::Destination, Change::Destination(change))
    }
}
