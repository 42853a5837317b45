//! Walks through what lies inside the values of positions.
//!
//! Ids may stand where names of fields do. An object that has a key which looks like no name of a field, or very many
//! objects in it, is taken for a map by id: what its values hold is told together.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::cursor::{MOST_KEYS, Values};
use crate::model::{KeyName, Nested, NestedValues, StatePath, Step, UnreadKeys};
use crate::nesting;

/// What was found inside values so far.
#[derive(Default)]
pub(super) struct Inside {
    by_path: BTreeMap<Vec<Step>, Seen>,
    others: UnreadKeys,
    /// A value nests deeper than the limit.
    pub(super) is_too_deep: bool,
}

#[derive(Default)]
struct Seen {
    values: Values,
    count: usize,
}

impl Inside {
    /// Takes the value under a key, where that is an object or a list.
    pub(super) fn of_key(&mut self, key: &str, text: &str) {
        if text.starts_with(['{', '[']) {
            self.take(&mut vec![step(key)], text);
        }
    }

    /// Takes a list that is a whole state.
    pub(super) fn of_list(&mut self, text: &str) {
        self.take(&mut Vec::new(), text);
    }

    /// Takes an object of whose plain values somebody else takes care.
    pub(super) fn of_object(&mut self, text: &str) {
        let Some(Value::Object(map)) = self.read(text) else { return };
        let is_map = is_map(&map);
        for (key, value) in &map {
            if value.is_object() || value.is_array() {
                self.walk(&mut vec![if is_map { Step::Each } else { step(key) }], value);
            }
        }
    }

    /// Takes the object under a key, of whose plain values somebody else takes care.
    pub(super) fn of_key_around_plain(&mut self, key: &str, text: &str) {
        let Some(value) = self.read(text) else { return };
        let mut path = vec![step(key)];
        self.record(&path, &value);
        let Value::Object(map) = value else { return };
        let is_map = is_map(&map);
        for (key, value) in &map {
            if value.is_object() || value.is_array() {
                path.push(if is_map { Step::Each } else { step(key) });
                self.walk(&mut path, value);
                path.pop();
            }
        }
    }

    fn read(&mut self, text: &str) -> Option<Value> {
        self.is_too_deep |= nesting::is_too_deep(text);
        if self.is_too_deep { None } else { nesting::value(text).ok() }
    }

    fn take(&mut self, path: &mut Vec<Step>, text: &str) {
        if let Some(value) = self.read(text) {
            self.walk(path, &value);
        }
    }

    /// Calls itself once per level.
    fn walk(&mut self, path: &mut Vec<Step>, value: &Value) {
        self.record(path, value);
        match value {
            Value::Object(map) => {
                let is_map = is_map(map);
                for (key, value) in map {
                    path.push(if is_map { Step::Each } else { step(key) });
                    self.walk(path, value);
                    path.pop();
                }
            }
            Value::Array(items) => {
                path.push(Step::Each);
                items.iter().for_each(|item| self.walk(path, item));
                path.pop();
            }
            _ => {}
        }
    }

    fn record(&mut self, path: &[Step], value: &Value) {
        // The place is what counts of an object and of a list, and of an empty one not even that.
        let text = match value {
            Value::Object(map) if map.is_empty() => "null".to_owned(),
            Value::Array(items) if items.is_empty() => "null".to_owned(),
            Value::Object(_) => "{}".to_owned(),
            Value::Array(_) => "[]".to_owned(),
            plain => plain.to_string(),
        };
        if let Some(seen) = self.by_path.get_mut(path) {
            seen.add(&text);
            return;
        }
        let is_before = |(last, _): (&Vec<Step>, &Seen)| path < last.as_slice();
        if self.by_path.len() >= MOST_KEYS && !self.by_path.last_key_value().is_some_and(is_before) {
            let mut seen = Seen::default();
            seen.add(&text);
            self.leave(path.to_vec(), &seen);
            return;
        }
        self.by_path.entry(path.to_vec()).or_default().add(&text);
        if self.by_path.len() > MOST_KEYS
            && let Some((path, seen)) = self.by_path.pop_last()
        {
            self.leave(path, &seen);
        }
    }

    fn leave(&mut self, path: Vec<Step>, seen: &Seen) {
        let name = StatePath(path).to_string();
        seen.values.forms().for_each(|form| self.others.add(&name, UnreadKeys::form(form)));
    }

    pub(super) fn into_nested(self) -> Nested {
        let count: BTreeMap<Vec<Step>, usize> =
            self.by_path.iter().map(|(path, seen)| (path.clone(), seen.count)).collect();
        let is_optional = |path: &[Step], own: usize| {
            let around = path.split_last().and_then(|(_, parent)| count.get(parent));
            path.last() != Some(&Step::Each) && around.is_some_and(|around| own < *around)
        };
        let nested = |(path, seen): (Vec<Step>, Seen)| {
            let is_optional = is_optional(&path, seen.count);
            (StatePath(path), NestedValues { positions: seen.values.into_positions(), is_optional })
        };
        Nested { values: self.by_path.into_iter().map(nested).collect(), others: self.others }
    }
}

impl Seen {
    fn add(&mut self, text: &str) {
        self.count += 1;
        self.values.add(text);
    }
}

fn step(key: &str) -> Step {
    match KeyName::of(key) {
        KeyName::Name(name) => Step::Key(name),
        KeyName::Look(_) => Step::Each,
    }
}

/// An object with more objects in it than this names no fields.
const MOST_NAMED: usize = 32;

/// Whether the keys of an object are ids.
fn is_map(map: &Map<String, Value>) -> bool {
    map.len() > MOST_NAMED && map.values().all(Value::is_object)
        || map.keys().any(|key| matches!(KeyName::of(key), KeyName::Look(_)))
}
