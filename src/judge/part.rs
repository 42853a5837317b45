//! The part of two specs that one property of the config makes up.
//!
//! Most edits lie in one property, and most configs are objects whose properties have nothing to do with each other: then
//! what an edit does is asked of that property alone, and costs what the edit touches. A spec is such a conjunction where
//! its root says nothing but which properties there are, which of them are required and whether there may be others. Each
//! part is kept with the property alone; whatever it says of a config that has this property holds for the whole, since
//! the rest is the same on both sides of the question.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::diff::{Delta, alone, contains_references, is_annotation};

/// Keywords that the root of such a spec may have beside annotations.
const PLAIN: [&str; 6] = ["type", "properties", "required", "additionalProperties", "default", "$schema"];

/// Both versions of a spec, limited to one property.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) old: Value,
    pub(super) new: Value,
}

/// The parts that are asked about, by property.
#[derive(Debug)]
pub(super) struct Parts<'s> {
    old: &'s Map<String, Value>,
    new: &'s Map<String, Value>,
    parts: BTreeMap<String, Part>,
}

impl<'s> Parts<'s> {
    /// `None` where properties of a spec may have to do with each other.
    pub(super) fn of(old: &'s Value, new: &'s Value) -> Option<Self> {
        let plain = |spec: &'s Value| {
            let spec_map = spec.as_object()?;
            let is_plain = |(key, value): (&String, &Value)| match key.as_str() {
                "additionalProperties" => value.is_boolean(),
                "properties" => value.is_object(),
                "required" => value.is_array(),
                key => PLAIN.contains(&key) || is_annotation(key) || key.starts_with("airbyte_"),
            };
            (spec_map.iter().all(is_plain) && !contains_references(spec)).then_some(spec_map)
        };
        let (old, new) = (plain(old)?, plain(new)?);
        let same = |key: &str| old.get(key) == new.get(key);
        let are_alike = ["type", "additionalProperties", "$schema"].into_iter().all(same);
        are_alike.then(|| Self { old, new, parts: BTreeMap::new() })
    }

    /// The property that an edit lies in, and the old part with that edit; `None` where it lies in none, or cannot be put
    /// alone.
    pub(super) fn edited(&mut self, delta: &Delta) -> Option<(String, Value)> {
        let name = delta.field.first()?;
        let place = delta.config_place()?;
        for pointer in [&place.old, &place.new] {
            let lies_there = match pointer.segments().get(1..)? {
                [first, second, ..] if first == "properties" => second == name,
                [first, ..] => first == "required" && delta.field.len() == 1,
                [] => false,
            };
            if !lies_there {
                return None;
            }
        }
        let (old, new) = (self.old, self.new);
        let part = self
            .parts
            .entry(name.clone())
            .or_insert_with(|| Part { old: limited(old, name), new: limited(new, name) });
        Some((name.clone(), alone(delta, &part.old, &part.new)?))
    }

    /// The parts that edits lie in.
    pub(super) fn into_parts(self) -> BTreeMap<String, Part> {
        self.parts
    }
}

/// A spec with one property alone.
fn limited(spec: &Map<String, Value>, name: &str) -> Value {
    let limit = |(key, value): (&String, &Value)| match (key.as_str(), value) {
        ("properties", Value::Object(all)) => {
            let one = all.get(name).map(|schema| (name.to_owned(), schema.clone()));
            Some((key.clone(), Value::Object(one.into_iter().collect())))
        }
        ("required", Value::Array(all)) => {
            let own: Vec<Value> = all.iter().filter(|one| *one == name).cloned().collect();
            (!own.is_empty()).then(|| (key.clone(), Value::Array(own)))
        }
        ("default", _) => None,
        _ => Some((key.clone(), value.clone())),
    };
    Value::Object(spec.iter().filter_map(limit).collect())
}

/// A config in which one property is as in another.
pub(super) fn with_property(base: &Value, name: &str, from: &Value) -> Value {
    let mut config = base.clone();
    if let Value::Object(map) = &mut config {
        map.remove(name);
        if let Some(value) = from.get(name) {
            map.insert(name.to_owned(), value.clone());
        }
    }
    config
}

/// A config without all properties but one.
pub(super) fn only_property(config: &Value, name: &str) -> Value {
    with_property(&Value::Object(Map::new()), name, config)
}
