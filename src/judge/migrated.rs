//! What saved configs look like after the config migrations of a manifest, as a schema.
//!
//! The CDK runs the migrations on every start, before it validates the config, and writes the result back. Each one
//! becomes an edit of the old spec: the schema that comes out accepts every migrated config, and perhaps more. If the
//! new spec accepts all of that, the migrations absorb the break.

use serde_json::{Map, Value, json};

use crate::load::stays_a_text;
use crate::model::ConfigMigration;

/// The old spec after the migrations; `None` where one of them cannot be followed.
pub(super) fn migrated(old: &Value, migrations: &[ConfigMigration]) -> Option<Value> {
    let mut spec = old.clone();
    for migration in migrations {
        match migration {
            ConfigMigration::Remap { path, map, .. } => {
                let (object, name) = holder(&mut spec, path)?;
                let Some(schema) = object.get_mut("properties").and_then(|all| all.get_mut(name)) else {
                    continue;
                };
                let keys: Vec<&Value> = map.iter().map(|(from, _)| from).collect();
                let mut options = vec![json!({"allOf": [schema, {"not": {"enum": keys}}]})];
                options.extend(map.iter().map(|(_, to)| json!({"enum": [to]})));
                *schema = json!({"anyOf": options});
            }
            ConfigMigration::Set { path, value, .. } => {
                let (object, name) = holder(&mut spec, path).filter(|_| is_always_there(old, path))?;
                declare(object, name, json!({"enum": [value]}), true)?;
            }
            ConfigMigration::Copy { path, from, only_where_set, as_text } => {
                let (source, source_name) = holder(&mut spec, from)?;
                let schema = source.get("properties").and_then(|all| all.get(source_name)).cloned()?;
                let always = requires(source, source_name) && is_always_there(old, from);
                // Without the value there, the template gives an empty text.
                if !keeps_its_value(&schema, *only_where_set, *as_text) || !always && !only_where_set {
                    return None;
                }
                let (object, name) = holder(&mut spec, path).filter(|_| is_always_there(old, path))?;
                declare(object, name, schema, always && !only_where_set)?;
            }
            ConfigMigration::Remove { path, .. } => {
                let (object, name) = holder(&mut spec, path)?;
                if let Some(required) = object.get_mut("required").and_then(Value::as_array_mut) {
                    required.retain(|other| other != name);
                }
                declare(object, name, Value::Bool(false), false)?;
            }
            ConfigMigration::Unknown { .. } => return None,
        }
    }
    Some(spec)
}

/// The object schema that a path of property names ends in, and its last name. Only plain properties are followed:
/// below options the path does not say which.
fn holder<'v, 'p>(spec: &'v mut Value, path: &'p [String]) -> Option<(&'v mut Value, &'p str)> {
    let (last, above) = path.split_last()?;
    let mut object = spec;
    for name in above {
        object = object.get_mut("properties")?.get_mut(name)?;
        if object.get("$ref").is_some() {
            return None;
        }
    }
    let plain = [
        "$ref",
        "oneOf",
        "anyOf",
        "allOf",
        "if",
        "not",
        "dependencies",
        "patternProperties",
        "minProperties",
        "propertyNames",
    ]
    .iter()
    .all(|keyword| object.get(keyword).is_none());
    plain.then_some((object, last.as_str()))
}

/// Whether what holds a field is there in every config: setting the field would make it otherwise.
fn is_always_there(spec: &Value, path: &[String]) -> bool {
    let mut object = spec;
    path.iter().take(path.len().saturating_sub(1)).all(|name| {
        let there = requires(object, name);
        object = &object["properties"][name];
        there
    })
}

/// Whether a copied value arrives as it was. The CDK renders it and reads the text as a Python literal: numbers and
/// booleans come back, texts such as `12` do not, unless they are asked to stay texts.
fn keeps_its_value(schema: &Value, only_where_set: bool, as_text: bool) -> bool {
    let stays = |value: &Value| value.as_str().is_some_and(stays_a_text);
    let enumerated =
        schema.get("enum").and_then(Value::as_array).is_some_and(|values| values.iter().all(stays));
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => as_text || enumerated,
        // What is false or zero is not copied where the condition asks for the value.
        Some("integer" | "boolean") => !as_text && !only_where_set,
        _ => false,
    }
}

fn requires(object: &Value, name: &str) -> bool {
    let required = object.get("required").and_then(Value::as_array);
    required.is_some_and(|names| names.iter().any(|other| other == name))
}

fn declare(object: &mut Value, name: &str, schema: Value, always: bool) -> Option<()> {
    let object = object.as_object_mut()?;
    let properties = object.entry("properties").or_insert_with(|| Value::Object(Map::new()));
    properties.as_object_mut()?.insert(name.to_owned(), schema);
    if always {
        let required = object.entry("required").or_insert_with(|| json!([])).as_array_mut()?;
        if !required.iter().any(|other| other == name) {
            required.push(name.into());
        }
    }
    Some(())
}
