//! Which values the fields of an operation take, with the definitions that they refer to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value};

use super::operation_hints::{Hints, Shapes};
use crate::model::{Operation, Pointer};
use crate::schema::{self, Inclusion};

/// So many definitions are taken along in all questions about an operation. What is not asked is not shown to be taken.
const MOST_REACHED: usize = 20_000;

/// What two versions of an operation take. Fields that refer to the same definitions are many, so that each pair of schemas is
/// asked about once, with no more definitions than it reaches, and all fields together first.
pub(super) struct Values<'o> {
    was: &'o Operation,
    is: &'o Operation,
    /// Places that are referred to and changed, or refer to one that did.
    changed: BTreeSet<Pointer>,
    /// Whether a pair of schemas is taken, by their texts.
    answers: HashMap<(String, String), bool>,
    left: usize,
    shapes: Shapes,
    hints: (Hints<'o>, Hints<'o>),
}

impl<'o> Values<'o> {
    pub(super) fn of(was: &'o Operation, is: &'o Operation) -> Self {
        let mut changed: BTreeSet<Pointer> = BTreeSet::new();
        let mut referrers: BTreeMap<Pointer, Vec<Pointer>> = BTreeMap::new();
        let is_same = was.definitions == is.definitions && was.properties == is.properties;
        for (one, other) in [(was, is), (is, was)] {
            let schemas = one.properties.values().chain([&one.others]);
            let mut open: Vec<Pointer> = schemas.flat_map(references).collect();
            let mut seen: BTreeSet<Pointer> = open.iter().cloned().collect();
            while let Some(place) = open.pop() {
                let Some(schema) = at(one, &place) else {
                    // Where it leads nobody knows.
                    if !is_same {
                        changed.insert(place);
                    }
                    continue;
                };
                if at(other, &place) != Some(schema) {
                    changed.insert(place.clone());
                }
                for inner in references(schema) {
                    referrers.entry(inner.clone()).or_default().push(place.clone());
                    if seen.insert(inner.clone()) {
                        open.push(inner);
                    }
                }
            }
        }
        let mut open: Vec<Pointer> = changed.iter().cloned().collect();
        while let Some(place) = open.pop() {
            for by in referrers.get(&place).into_iter().flatten() {
                if changed.insert(by.clone()) {
                    open.push(by.clone());
                }
            }
        }
        let hints = (Hints::of(was), Hints::of(is));
        Self {
            was,
            is,
            changed,
            answers: HashMap::new(),
            left: MOST_REACHED,
            shapes: Shapes::default(),
            hints,
        }
    }

    /// Asks of many pairs of schemas at once, which costs as much as of one where they refer to the same definitions. Where not
    /// all are taken, of each half.
    pub(super) fn ask<'v>(&mut self, pairs: impl IntoIterator<Item = (&'v Value, &'v Value)>) {
        let mut all = BTreeMap::new();
        for (before, after) in pairs {
            if !self.is_same(before, after) {
                all.insert((before.to_string(), after.to_string()), (before, after));
            }
        }
        let all: Vec<_> = all.into_iter().collect();
        let mut open = vec![all.as_slice()];
        while let Some(part) = open.pop() {
            let answer = self.includes(part.iter().map(|(_, pair)| *pair));
            if part.len() < 2 || answer {
                self.answers.extend(part.iter().map(|(key, _)| (key.clone(), answer)));
            } else {
                let (first, second) = part.split_at(part.len() / 2);
                open.extend([second, first]);
            }
        }
    }

    /// Whether every value that one schema takes is taken by another; false where neither is shown. How a field is spelled,
    /// and in which order, says nothing.
    pub(super) fn are_taken(&mut self, before: &'o Value, after: &'o Value) -> bool {
        if self.is_same(before, after) {
            return true;
        }
        let key = (before.to_string(), after.to_string());
        let includes = match self.answers.get(&key) {
            Some(answer) => *answer,
            None => {
                let answer = self.includes([(before, after)].into_iter());
                self.answers.insert(key, answer);
                answer
            }
        };
        if !includes {
            return false;
        }
        let was = self.hints.0.shape(before, &mut self.shapes);
        was.is_some() && was == self.hints.1.shape(after, &mut self.shapes)
    }

    fn is_same(&self, before: &Value, after: &Value) -> bool {
        before == after && !references(before).iter().any(|place| self.changed.contains(place))
    }

    /// Whether every value of each first schema is one of the second: then every object with them as its fields is one, too,
    /// and an object may have a single field.
    fn includes<'v>(&mut self, pairs: impl Iterator<Item = (&'v Value, &'v Value)>) -> bool {
        let (mut before, mut after) = (Map::new(), Map::new());
        for (index, (old, new)) in pairs.enumerate() {
            before.insert(index.to_string(), old.clone());
            after.insert(index.to_string(), new.clone());
        }
        let (Some(old), Some(new)) = (self.whole(before, self.was), self.whole(after, self.is)) else {
            return false;
        };
        matches!(schema::includes(&old, &new, &schema::Options::default()), Ok(Inclusion::Included))
    }

    /// An object with some fields and the definitions that they reach. `None` where a reference leads to something else, or
    /// too many were reached.
    fn whole(&mut self, fields: Map<String, Value>, operation: &Operation) -> Option<Value> {
        let mut reached: BTreeSet<(String, String)> = BTreeSet::new();
        let mut open: Vec<Pointer> = fields.values().flat_map(references).collect();
        while let Some(place) = open.pop() {
            let [keyword, name, ..] = place.segments() else { return None };
            let inner = operation.definitions.get(keyword)?.get(name)?;
            if reached.insert((keyword.clone(), name.clone())) {
                self.left = self.left.checked_sub(1)?;
                open.extend(references(inner));
            }
        }
        let mut whole = Map::new();
        for (keyword, name) in reached {
            let inner = operation.definitions.get(&keyword)?.get(&name)?.clone();
            let named = whole.entry(keyword).or_insert_with(|| Value::Object(Map::new()));
            named.as_object_mut()?.insert(name, inner);
        }
        whole.insert("properties".to_owned(), Value::Object(fields));
        Some(Value::Object(whole))
    }
}

/// The schema at a place of the schema of an operation.
pub(super) fn at<'o>(operation: &'o Operation, place: &Pointer) -> Option<&'o Value> {
    let [keyword, name, rest @ ..] = place.segments() else { return None };
    let named = match keyword.as_str() {
        "properties" => operation.properties.get(name),
        _ => operation.definitions.get(keyword)?.get(name),
    };
    rest.iter().try_fold(named?, |value, step| match value {
        Value::Object(entries) => entries.get(step),
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        _ => None,
    })
}

/// The place in the same document that `$ref` names, `#/$defs/NAME`. An anchor is a place that is not found.
pub(super) fn referred(reference: &Value) -> Option<Pointer> {
    Some(Pointer::parse(&schema::percent_decoded(reference.as_str()?.strip_prefix('#')?)))
}

/// The places that a schema refers to itself.
fn references(schema: &Value) -> BTreeSet<Pointer> {
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
