//! Which configs are saved at all.
//!
//! The platform's form writes configs from the old spec, so not every config that the old spec accepts is one:
//!
//! - at an object where the old spec declares properties, a key that only the new spec declares is absent;
//! - the constant that tells options of a `oneOf` apart is there, even where it is not required.
//!
//! Both become a schema that is laid beside the old one. A map without declared properties is filled in freely and
//! stays as it is.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::model::Pointer;

/// References and sections nested deeper than this are left as they are.
const DEEPEST: usize = 40;

/// Options inside options are looked into this many times.
const DEEPEST_OPTIONS: usize = 6;

/// A walk through more places than this is through a hostile spec.
const MOST_PLACES: usize = 20_000;

/// The old config schema, limited to configs that are saved; `None` where that would take too long.
///
/// With `constants` the constants that tell options apart are taken to be there. A schema that contains itself is
/// limited once.
pub(super) fn stored(old: &Value, new: &Value, constants: bool) -> Option<Value> {
    let mut walk = Walk { old, new, constants, places: 0, open: Vec::new() };
    let limit = walk.node(old, &[new], &BTreeSet::new());
    if walk.places > MOST_PLACES {
        return None;
    }
    let mut limited = folded(old, old).into_owned();
    if let (Value::Object(map), false) = (&mut limited, is_idle(&limit)) {
        let parts = map.entry("allOf").or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(parts) = parts {
            parts.push(limit);
        }
        for keyword in ["definitions", "$defs"] {
            if let Some(definitions) = old.get(keyword) {
                map.entry(keyword).or_insert_with(|| definitions.clone());
            }
        }
    }
    Some(limited)
}

fn is_idle(schema: &Value) -> bool {
    schema.as_object().is_some_and(Map::is_empty)
}

/// A schema with its reference followed.
fn folded<'v>(schema: &'v Value, root: &'v Value) -> Cow<'v, Value> {
    let mut schema = schema;
    for _ in 0..DEEPEST {
        let Some(reference) = schema.get("$ref").and_then(Value::as_str) else {
            return Cow::Borrowed(schema);
        };
        match reference.strip_prefix('#').and_then(|place| Pointer::parse(place).get(root)) {
            Some(target) => schema = target,
            None => return Cow::Borrowed(schema),
        }
    }
    Cow::Owned(json!({}))
}

/// The parts that a schema is made of by `allOf`, and the options it offers.
fn parts<'v>(schema: &'v Value, keyword: &str) -> impl Iterator<Item = &'v Value> {
    schema.get(keyword).and_then(Value::as_array).into_iter().flatten()
}

const CHOICES: [&str; 2] = ["oneOf", "anyOf"];

struct Walk<'s> {
    old: &'s Value,
    new: &'s Value,
    constants: bool,
    places: usize,
    /// The schemas being walked, so that a recursive spec ends.
    open: Vec<String>,
}

impl Walk<'_> {
    /// What a config at this place is limited to. `news` are the new schemas of the place; `also` are keys that the old
    /// spec declares around it.
    fn node(&mut self, old: &Value, news: &[&Value], also: &BTreeSet<String>) -> Value {
        self.places += 1;
        let reference = old.get("$ref").and_then(Value::as_str);
        let again = reference.is_some_and(|reference| self.open.iter().any(|open| open == reference));
        if self.places > MOST_PLACES || self.open.len() > DEEPEST || again {
            return Value::Object(Map::new());
        }
        self.open.push(reference.unwrap_or_default().to_owned());
        let limit = self.limit(old, news, also);
        self.open.pop();
        limit
    }

    fn limit(&mut self, old: &Value, news: &[&Value], also: &BTreeSet<String>) -> Value {
        let mut limit = Map::new();
        let old = folded(old, self.old);
        let old = &*old;
        let mut new_children: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
        let mut new_items: Vec<&Value> = Vec::new();
        let mut new_values: Vec<&Value> = Vec::new();
        for new in news {
            children(new, self.new, &mut new_children, &mut new_items, 0);
            map_values(new, self.new, &mut new_values, 0);
        }
        let own: BTreeSet<String> = names(old, self.old, false, 0);
        let mut properties = Map::new();
        for (name, schema) in declared(old, self.old, 0) {
            let below = new_children.get(name.as_str()).map(Vec::as_slice).unwrap_or_default();
            let child = self.node(&schema, below, &BTreeSet::new());
            if !is_idle(&child) {
                properties.insert(name, child);
            }
        }
        if !own.is_empty() {
            let declared: BTreeSet<String> = names(old, self.old, true, 0);
            for name in
                new_children.keys().filter(|name| !declared.contains(**name) && !also.contains(**name))
            {
                properties.insert((*name).to_owned(), Value::Bool(false));
            }
        }
        if !properties.is_empty() {
            limit.insert("properties".to_owned(), Value::Object(properties));
        }
        if let Some(items @ Value::Object(_)) = old.get("items")
            && !new_items.is_empty()
        {
            let child = self.node(items, &new_items, &BTreeSet::new());
            if !is_idle(&child) {
                limit.insert("items".to_owned(), child);
            }
        }
        let around: BTreeSet<String> = own.union(also).cloned().collect();
        let values = self.values(old, &new_values);
        let choices: Vec<Value> = CHOICES
            .iter()
            .filter_map(|keyword| self.options(old, keyword, news, &around))
            .chain(values)
            .collect();
        if !choices.is_empty() {
            limit.insert("allOf".to_owned(), Value::Array(choices));
        }
        Value::Object(limit)
    }

    /// The values of a map, where keys are the user's and values have a schema.
    fn values(&mut self, old: &Value, news: &[&Value]) -> Option<Value> {
        let named: Map<String, Value> =
            declared(old, self.old, 0).into_keys().map(|name| (name, json!({}))).collect();
        let mut patterns = Map::new();
        let mut idle = true;
        for (pattern, schema) in old.get("patternProperties").and_then(Value::as_object).into_iter().flatten()
        {
            let limit = self.node(schema, news, &BTreeSet::new());
            idle &= is_idle(&limit);
            patterns.insert(pattern.clone(), limit);
        }
        let additional = old
            .get("additionalProperties")
            .filter(|schema| schema.is_object())
            .map_or_else(|| json!({}), |schema| self.node(schema, news, &BTreeSet::new()));
        idle &= is_idle(&additional);
        (!idle).then(|| json!({"properties": named, "patternProperties": patterns, "additionalProperties": additional}))
    }

    /// The options of a choice, each limited.
    fn options(
        &mut self,
        old: &Value,
        keyword: &str,
        news: &[&Value],
        around: &BTreeSet<String>,
    ) -> Option<Value> {
        let options: Vec<&Value> = parts(old, keyword).collect();
        let telling = self.constants.then(|| telling_property(&options, self.old)).flatten();
        let mut limited = Vec::with_capacity(options.len());
        let mut idle = true;
        for option in &options {
            let mut limit = self.node(option, news, around);
            if let (Some(name), Value::Object(map)) = (&telling, &mut limit)
                && constant(option, name, self.old)
            {
                map.insert("required".to_owned(), json!([name]));
            }
            idle &= is_idle(&limit);
            // The limit of one option says nothing of values of another.
            limited.push(json!({"allOf": [option, limit]}));
        }
        (!idle).then(|| json!({"anyOf": limited}))
    }
}

/// The properties and items that the new spec declares at a place, whatever the option.
fn children<'v>(
    schema: &'v Value,
    root: &'v Value,
    found: &mut BTreeMap<&'v str, Vec<&'v Value>>,
    items: &mut Vec<&'v Value>,
    depth: usize,
) {
    let Cow::Borrowed(schema) = folded(schema, root) else { return };
    if depth > DEEPEST_OPTIONS {
        return;
    }
    for (name, child) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        found.entry(name).or_default().push(child);
    }
    items.extend(schema.get("items").filter(|items| items.is_object()));
    for keyword in ["allOf", "oneOf", "anyOf"] {
        for part in parts(schema, keyword) {
            children(part, root, found, items, depth + 1);
        }
    }
}

/// The schemas that the new spec has for values under keys of the user's choice.
fn map_values<'v>(schema: &'v Value, root: &'v Value, found: &mut Vec<&'v Value>, depth: usize) {
    let Cow::Borrowed(schema) = folded(schema, root) else { return };
    if depth > DEEPEST_OPTIONS {
        return;
    }
    found.extend(schema.get("additionalProperties").filter(|values| values.is_object()));
    found
        .extend(schema.get("patternProperties").and_then(Value::as_object).into_iter().flat_map(Map::values));
    for keyword in ["allOf", "oneOf", "anyOf"] {
        for part in parts(schema, keyword) {
            map_values(part, root, found, depth + 1);
        }
    }
}

/// The properties that a schema declares, those of its `allOf` included.
fn declared(schema: &Value, root: &Value, depth: usize) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    if depth > DEEPEST_OPTIONS {
        return found;
    }
    let schema = folded(schema, root);
    for part in parts(&schema, "allOf") {
        found.extend(declared(part, root, depth + 1));
    }
    for (name, child) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        found.insert(name.clone(), child.clone());
    }
    found
}

/// The names that a schema declares, with those of its options or without.
fn names(schema: &Value, root: &Value, options: bool, depth: usize) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = declared(schema, root, depth).into_keys().collect();
    if options && depth <= DEEPEST_OPTIONS {
        let schema = folded(schema, root);
        for option in CHOICES.iter().flat_map(|keyword| parts(&schema, keyword)) {
            found.extend(names(option, root, true, depth + 1));
        }
    }
    found
}

/// The property that holds a constant in most options.
fn telling_property(options: &[&Value], root: &Value) -> Option<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for option in options {
        for name in declared(option, root, 0).into_keys().filter(|name| constant(option, name, root)) {
            *counts.entry(name).or_default() += 1;
        }
    }
    let most = counts.values().copied().max()?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(name, _)| name)
}

/// Whether a property of an option has one value only.
fn constant(option: &Value, name: &str, root: &Value) -> bool {
    declared(option, root, 0).get(name).is_some_and(|schema| {
        schema.get("const").is_some()
            || schema.get("enum").and_then(Value::as_array).is_some_and(|values| values.len() == 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Inclusion, Options, includes};

    fn asks(old: &Value, new: &Value, constants: bool) -> bool {
        let saved = stored(old, new, constants).expect("a small spec");
        matches!(includes(&saved, new, &Options::default()), Ok(Inclusion::Included))
    }

    #[test]
    fn a_key_that_only_the_new_spec_declares_is_not_saved() {
        let old = json!({"type": "object", "properties": {"a": {"type": "object", "properties": {"x": {}}}}});
        let new = json!({"type": "object", "properties": {"b": {"type": "integer"},
            "a": {"type": "object", "properties": {"x": {}, "y": {"type": "string"}}}}});
        assert!(asks(&old, &new, true));
        let map = json!({"type": "object", "properties": {"m": {"type": "object"}}});
        let filled = json!({"type": "object", "properties": {"m": {"type": "object", "properties": {"y": {"type": "string"}}}}});
        assert!(!asks(&map, &filled, true), "users fill a free-form map in as they like");
    }

    #[test]
    fn options_know_their_own_keys_and_constants() {
        let option = |value: &str, key: &str| json!({"properties": {"kind": {"const": value}, key: {"type": "string"}}});
        let old = json!({"properties": {"auth": {"type": "object", "oneOf": [option("a", "x"), option("b", "y")]}}});
        let mut new = old.clone();
        new["properties"]["auth"]["oneOf"][0]["properties"]["y"] = json!({"type": "integer"});
        assert!(asks(&old, &new, true), "the form does not save y beside kind a");
        let added = json!({"properties": {"auth": {"type": "object",
            "oneOf": [option("a", "x"), option("b", "y"), option("c", "z")]}}});
        assert!(asks(&old, &added, true));
        let one = json!({"properties": {"auth": {"type": "object", "oneOf": [option("a", "x")]}}});
        assert!(asks(&one, &old, true));
        assert!(!asks(&one, &old, false), "without its constant a value matches both options");
    }
}
