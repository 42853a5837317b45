//! One schema of a spec: which values it accepts, keyword by keyword, and the forms in which it may be written.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::delta::KeywordEdit;
use super::oneof;
use crate::model::Pointer;

/// Keywords that change no config and no behaviour.
pub(super) const ANNOTATIONS: [&str; 20] = [
    "title",
    "description",
    "examples",
    "example",
    "order",
    "group",
    "groups",
    "display_type",
    "multiline",
    "pattern_descriptor",
    "always_show",
    "$schema",
    "$id",
    "$comment",
    "min",
    "max",
    "readOnly",
    "deprecated",
    "deprecation_message",
    "uiType",
];

/// Whether a keyword changes no config and no behaviour.
pub fn is_annotation(keyword: &str) -> bool {
    ANNOTATIONS.contains(&keyword) || keyword.starts_with("x-")
}

/// Keywords compared by name below.
pub(super) const COMPARED: [&str; 30] = [
    "type",
    "enum",
    "const",
    "pattern",
    "format",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "multipleOf",
    "uniqueItems",
    "additionalProperties",
    "properties",
    "required",
    "items",
    "oneOf",
    "anyOf",
    "default",
    "airbyte_secret",
    "airbyte_hidden",
    "definitions",
    "$defs",
    "$ref",
    "nullable",
];

/// A schema without the keywords that accept no value more or less.
pub(super) fn without_annotations(schema: &Value) -> Value {
    match schema {
        Value::Object(map) => Value::Object(
            map.iter()
                .filter(|(key, _)| !ANNOTATIONS.contains(&key.as_str()) && !key.starts_with("x-"))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
        ),
        other => other.clone(),
    }
}

/// Whether only spellings differ: what is left of both after every well-formed keyword that is compared by name is the
/// same. A keyword of the wrong type, such as a number as `type`, is never compared and so stays.
pub(super) fn same_meaning(old: &Value, new: &Value) -> bool {
    let rest = |schema: &Value| {
        let mut rest = without_annotations(schema);
        if let Some(map) = rest.as_object_mut() {
            map.retain(|key, value| match key.as_str() {
                "type" => !(value.is_string() || value.is_array()),
                "enum" | "required" => !value.is_array(),
                "properties" | "definitions" | "$defs" => !value.is_object(),
                "items" => !value.is_object(),
                "oneOf" | "anyOf" => value.as_array().is_none_or(Vec::is_empty),
                "$ref" | "pattern" | "format" => !value.is_string(),
                "const" | "default" => false,
                "additionalProperties" | "nullable" | "uniqueItems" | "airbyte_secret" | "airbyte_hidden" => {
                    !(value.is_boolean() || value.is_object())
                }
                "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "minLength"
                | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties"
                | "multipleOf" => !(value.is_number() || value.is_boolean()),
                _ => true,
            });
        }
        rest
    };
    rest(old) == rest(new)
}

/// The types of values that a bound applies to.
pub(super) fn bounded(keyword: &str) -> &'static [&'static str] {
    match keyword {
        "minLength" | "maxLength" => &["string"],
        "minItems" | "maxItems" => &["array"],
        "minProperties" | "maxProperties" => &["object"],
        _ => &["integer", "number"],
    }
}

pub(super) fn open_map(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| **value != true)
}

pub(super) fn closed(schema: &Value) -> bool {
    schema.get("additionalProperties").is_some_and(|value| *value == false)
}

pub(super) fn required(schema: &Value) -> BTreeSet<&str> {
    schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

pub(super) fn edit(old: Option<&Value>, new: Option<&Value>) -> Option<KeywordEdit> {
    match (old, new) {
        (None, Some(_)) => Some(KeywordEdit::Introduced),
        (Some(_), None) => Some(KeywordEdit::Dropped),
        (Some(old), Some(new)) if old != new => Some(KeywordEdit::Changed),
        _ => None,
    }
}

pub(super) fn allowed(schema: &Value) -> Option<Vec<Value>> {
    match schema.get("const") {
        Some(value) => Some(vec![value.clone()]),
        None => schema.get("enum").and_then(Value::as_array).cloned(),
    }
}

/// Text by which values are equal exactly when JSON Schema calls them equal: 1 is 1.0.
pub(super) fn canonical(value: &Value) -> String {
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.as_i64().is_none() && number.as_u64().is_none() && float.fract() == 0.0 => {
                format!("{float:.0}")
            }
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

pub(super) const ALL_TYPES: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];

/// The JSON types a schema accepts; all where it does not say and its other keywords do not hint.
pub(super) fn types(schema: &Value) -> BTreeSet<&str> {
    let mut types: BTreeSet<&str> = match schema.get("type") {
        Some(Value::String(name)) => BTreeSet::from([name.as_str()]),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ if allowed(schema).is_some() => allowed(schema).iter().flatten().map(type_of).collect(),
        _ if schema.get("properties").is_some() => BTreeSet::from(["object"]),
        _ if schema.get("items").is_some() => BTreeSet::from(["array"]),
        _ => match oneof::options(schema) {
            Some(options) if options.items.iter().all(|option| option.get("properties").is_some()) => {
                BTreeSet::from(["object"])
            }
            _ => ALL_TYPES.into_iter().collect(),
        },
    };
    if schema.get("nullable").is_some_and(|flag| *flag == true) {
        types.insert("null");
    }
    types
}

pub(super) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

pub(super) fn includes(wide: &BTreeSet<&str>, narrow: &BTreeSet<&str>) -> bool {
    narrow.iter().all(|name| wide.contains(name) || (*name == "integer" && wide.contains("number")))
}

pub(super) fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref").and_then(Value::as_str)
}

/// A schema with its own `$ref` and a one-element `allOf` folded in: the form that specs printed by pydantic use for
/// a property with a class and a title of its own.
pub(super) fn flatten<'v>(root: &Value, schema: &'v Value) -> Cow<'v, Value> {
    /// Longer chains lead in a circle.
    const LONGEST_CHAIN: usize = 16;
    let mut flat = Cow::Borrowed(schema);
    for _ in 0..LONGEST_CHAIN {
        let base = if let Some(reference) = reference(&flat) {
            let target =
                reference.strip_prefix('#').and_then(|fragment| Pointer::parse(fragment).get(root).cloned());
            let Some(target) = target else { return flat };
            target
        } else if let Some([only]) = flat.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            only.clone()
        } else if let Some((keyword, options)) = nullable_options(&flat) {
            let only = match options.as_slice() {
                [only] => Some(only.clone()),
                _ => None,
            };
            let Some(map) = flat.to_mut().as_object_mut() else { return flat };
            map.insert("nullable".to_owned(), Value::Bool(true));
            match only {
                Some(only) => {
                    map.remove(keyword);
                    only
                }
                None => {
                    map.insert(keyword.to_owned(), Value::Array(options));
                    continue;
                }
            }
        } else {
            return flat;
        };
        if let Some(map) = flat.to_mut().as_object_mut() {
            if map.remove("$ref").is_none()
                && map.get("allOf").and_then(Value::as_array).is_some_and(|l| l.len() == 1)
            {
                map.remove("allOf");
            }
            if let Value::Object(base) = base {
                for (key, value) in base {
                    join(map, &key, value);
                }
            }
        }
    }
    flat
}

/// Puts a keyword of a part beside those of the whole: both hold, so the properties and required names of both count.
/// Of another keyword that both have, the outer one stands.
pub(super) fn join(map: &mut Map<String, Value>, key: &str, value: Value) {
    match (key, map.get_mut(key), value) {
        ("properties", Some(Value::Object(outer)), Value::Object(inner)) => {
            for (name, schema) in inner {
                outer.entry(name).or_insert(schema);
            }
        }
        ("required", Some(Value::Array(outer)), Value::Array(inner)) => {
            let missing: Vec<Value> = inner.into_iter().filter(|name| !outer.contains(name)).collect();
            outer.extend(missing);
        }
        (_, None, value) => {
            map.insert(key.to_owned(), value);
        }
        _ => {}
    }
}

/// The options of a union without its null, where it has one: pydantic's form of an optional value.
pub(super) fn nullable_options(schema: &Value) -> Option<(&'static str, Vec<Value>)> {
    let options = oneof::options(schema)?;
    let is_null = |option: &Value| {
        option.as_object().is_some_and(|map| {
            map.len() == 1 && map.get("type").and_then(Value::as_str).is_some_and(|name| name == "null")
        })
    };
    let nulls = options.items.iter().filter(|option| is_null(option)).count();
    // Most choices have none, and their options are not copied.
    if nulls == 0 || nulls == options.items.len() {
        return None;
    }
    let others = options.items.iter().filter(|option| !is_null(option)).cloned().collect();
    Some((options.keyword, others))
}
