//! Which configs are saved at all.
//!
//! The platform's form writes configs from the old spec, so not every config that the old spec accepts is one:
//!
//! - at an object where the old spec declares properties, a key that only the new spec declares is absent; so it is at
//!   the root, where the form shows what is declared and nothing else;
//! - the constant that tells options of a `oneOf` apart is there, even where it is not required;
//! - a text that is no `multiline` one holds no line break.
//!
//! All of it becomes a schema that is laid beside the old one. A map without declared properties is filled in freely
//! and stays as it is.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::model::Pointer;
use crate::schema::{Options, Validator};

/// References and sections nested deeper than this are left as they are.
const DEEPEST: usize = 40;

/// Options inside options are looked into this many times.
const DEEPEST_OPTIONS: usize = 6;

/// A walk through more places than this is through a hostile spec.
const MOST_PLACES: usize = 20_000;

/// The old config schema, limited to configs that are saved; `None` where that would take too long.
///
/// With `constants` the constants that tell options apart are taken to be there. References are places of the document
/// itself.
pub(super) fn stored(old: &Value, new: &Value, constants: bool) -> Option<Value> {
    let mut walk = Walk { old, new, constants, places: 0, open: Vec::new(), limits: Map::new(), opened: 0 };
    let limit = walk.node(old, &[new], &Around { formed: true, keys: BTreeSet::new() });
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
        if !walk.limits.is_empty() {
            map.entry(LIMITS).or_insert(Value::Object(walk.limits));
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

/// Where the limits of schemas that contain themselves are kept.
const LIMITS: &str = "$saved";

/// Keywords with schemas that hold for some values of the place.
const CONDITIONAL: [&str; 3] = ["if", "then", "else"];

/// Keywords with schemas by the property that asks for them.
const DEPENDENT: [&str; 2] = ["dependencies", "dependentSchemas"];

/// What stands around a schema.
#[derive(Clone, Default)]
struct Around {
    /// Keys that the old spec declares there.
    keys: BTreeSet<String>,
    /// The form shows fields there, so that an object without declared properties holds none.
    formed: bool,
}

/// A referred schema that is being walked.
struct Open {
    reference: String,
    /// The new schemas of the place, by address.
    news: Vec<*const Value>,
    number: usize,
    /// It was met inside itself.
    again: bool,
}

struct Walk<'s> {
    old: &'s Value,
    new: &'s Value,
    constants: bool,
    places: usize,
    /// The schemas being walked, so that a recursive spec ends.
    open: Vec<Open>,
    /// What schemas that contain themselves are limited to.
    limits: Map<String, Value>,
    opened: usize,
}

impl Walk<'_> {
    /// What a config at this place is limited to. `news` are the new schemas of the place.
    fn node(&mut self, old: &Value, news: &[&Value], around: &Around) -> Value {
        self.places += 1;
        let reference = old.get("$ref").and_then(Value::as_str).unwrap_or_default().to_owned();
        let news_here: Vec<*const Value> = news.iter().map(|new| std::ptr::from_ref(*new)).collect();
        let same =
            |open: &&mut Open| !reference.is_empty() && open.reference == reference && open.news == news_here;
        if let Some(open) = self.open.iter_mut().find(same) {
            open.again = true;
            return json!({"$ref": format!("#/{LIMITS}/{}", open.number)});
        }
        if self.places > MOST_PLACES || self.open.len() > DEEPEST {
            return Value::Object(Map::new());
        }
        self.opened += 1;
        self.open.push(Open { reference, news: news_here, number: self.opened, again: false });
        let limit = self.limit(old, news, around);
        match self.open.pop() {
            Some(Open { number, again: true, .. }) => {
                self.limits.insert(number.to_string(), limit);
                json!({"$ref": format!("#/{LIMITS}/{number}")})
            }
            _ => limit,
        }
    }

    fn limit(&mut self, old: &Value, news: &[&Value], around: &Around) -> Value {
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
            let child = self.node(&schema, below, &Around::default());
            if !is_idle(&child) {
                properties.insert(name, child);
            }
        }
        if !own.is_empty() || around.formed {
            let declared: BTreeSet<String> = names(old, self.old, true, 0);
            let is_new = |name: &str| {
                !declared.contains(name) && !around.keys.contains(name) && !matches_a_pattern(old, name)
            };
            for name in new_children.keys().filter(|name| is_new(name)) {
                properties.insert((*name).to_owned(), Value::Bool(false));
            }
        }
        if !properties.is_empty() {
            limit.insert("properties".to_owned(), Value::Object(properties));
        }
        match old.get("items") {
            Some(items @ Value::Object(_)) if !new_items.is_empty() => {
                let child = self.node(items, &new_items, &Around::default());
                if !is_idle(&child) {
                    limit.insert("items".to_owned(), child);
                }
            }
            Some(Value::Array(items)) if !new_items.is_empty() => {
                let children: Vec<Value> =
                    items.iter().map(|item| self.node(item, &new_items, &Around::default())).collect();
                if !children.iter().all(is_idle) {
                    limit.insert("items".to_owned(), Value::Array(children));
                }
            }
            _ => {}
        }
        if is_one_line(old) && news.iter().any(|new| folded(new, self.new).get("pattern").is_some()) {
            limit.insert("pattern".to_owned(), json!(ONE_LINE));
        }
        let keys: BTreeSet<String> = own.union(&around.keys).cloned().collect();
        let around = Around { formed: around.formed || !own.is_empty(), keys };
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
            let limit = self.node(schema, news, &Around::default());
            idle &= is_idle(&limit);
            patterns.insert(pattern.clone(), limit);
        }
        let additional = old
            .get("additionalProperties")
            .filter(|schema| schema.is_object())
            .map_or_else(|| json!({}), |schema| self.node(schema, news, &Around::default()));
        idle &= is_idle(&additional);
        (!idle).then(|| json!({"properties": named, "patternProperties": patterns, "additionalProperties": additional}))
    }

    /// The options of a choice, each limited.
    fn options(&mut self, old: &Value, keyword: &str, news: &[&Value], around: &Around) -> Option<Value> {
        let options: Vec<&Value> = parts(old, keyword).collect();
        // An option without properties, beside options that have some, is no map that users fill in.
        let formed = around.formed || options.iter().any(|option| !declared(option, self.old, 0).is_empty());
        let around = &Around { formed, keys: around.keys.clone() };
        let telling = if self.constants { telling_properties(&options, self.old) } else { Vec::new() };
        let mut limited = Vec::with_capacity(options.len());
        let mut idle = true;
        for option in &options {
            let mut limit = self.node(option, news, around);
            let constants: Vec<&String> =
                telling.iter().filter(|name| constant(option, name, self.old)).collect();
            if let (false, Value::Object(map)) = (constants.is_empty(), &mut limit) {
                map.insert("required".to_owned(), json!(constants));
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
    match schema.get("items") {
        Some(one @ Value::Object(_)) => items.push(one),
        Some(Value::Array(list)) => items.extend(list),
        _ => {}
    }
    for keyword in ["allOf", "oneOf", "anyOf"] {
        for part in parts(schema, keyword) {
            children(part, root, found, items, depth + 1);
        }
    }
    for part in conditional(schema) {
        children(part, root, found, items, depth + 1);
    }
}

/// The schemas that hold for some values of a place: of a condition, and of properties that ask for others.
fn conditional(schema: &Value) -> impl Iterator<Item = &Value> {
    let dependent = DEPENDENT.iter().filter_map(|keyword| schema.get(keyword)?.as_object());
    let dependent = dependent.flat_map(Map::values).filter(|part| part.is_object());
    CONDITIONAL.iter().filter_map(|keyword| schema.get(keyword)).chain(dependent)
}

/// Whether a key is one that the patterns of a schema speak of.
fn matches_a_pattern(schema: &Value, name: &str) -> bool {
    let patterns = schema.get("patternProperties").and_then(Value::as_object);
    patterns.into_iter().flat_map(Map::keys).any(|pattern| {
        let asks = Validator::new(&json!({"pattern": pattern}), &Options::default());
        // A pattern that cannot be read may speak of any key.
        asks.map_or(true, |asks| asks.refusal(&json!(name)).is_none())
    })
}

/// Texts that a field of one line can hold.
const ONE_LINE: &str = r"^[^\n\r\u2028\u2029]*$";

/// Whether a schema is for texts that the form shows in a field of one line.
fn is_one_line(schema: &Value) -> bool {
    let texts = match schema.get("type") {
        Some(Value::String(name)) => name == "string",
        Some(Value::Array(names)) => names.iter().any(|name| name == "string"),
        _ => false,
    };
    texts
        && schema.get("multiline") != Some(&Value::Bool(true))
        && !["enum", "const"].iter().any(|keyword| schema.get(keyword).is_some())
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
        let options = CHOICES.iter().flat_map(|keyword| parts(&schema, keyword));
        for option in options.chain(conditional(&schema)) {
            found.extend(names(option, root, true, depth + 1));
        }
    }
    found
}

/// The properties that tell options apart: they hold a constant in most of them, and another one in each.
fn telling_properties(options: &[&Value], root: &Value) -> Vec<String> {
    let mut constants: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for option in options {
        for (name, schema) in declared(option, root, 0) {
            if let Some(value) = constant_of(&schema) {
                constants.entry(name).or_default().push(value.clone());
            }
        }
    }
    let differs = |values: &[Value]| {
        let distinct: BTreeSet<String> = values.iter().map(Value::to_string).collect();
        distinct.len() == values.len()
    };
    let rank = |values: &[Value]| (differs(values), values.len());
    let Some(most) = constants.values().map(|values| rank(values)).max() else { return Vec::new() };
    constants.into_iter().filter(|(_, values)| rank(values) == most).map(|(name, _)| name).collect()
}

/// Whether a property of an option has one value only.
fn constant(option: &Value, name: &str, root: &Value) -> bool {
    declared(option, root, 0).get(name).is_some_and(|schema| constant_of(schema).is_some())
}

fn constant_of(schema: &Value) -> Option<&Value> {
    schema.get("const").or_else(|| match schema.get("enum")?.as_array()?.as_slice() {
        [only] => Some(only),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Inclusion, includes};

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
