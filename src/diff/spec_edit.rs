//! One edit of a spec put alone on top of the old spec, so that it can be asked what this edit breaks.
//!
//! A difference knows where it stands in both specs. The old spec is copied, references on the way are replaced by
//! their targets, and what differs is taken over from the new one. References in what is taken over lead into the new
//! spec, which is put beside the definitions of the copy for that.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::delta::{Change, Delta, KeywordEdit, SpecChange, TypeRelation};
use super::oneof;
use crate::model::Pointer;

/// A condition and what follows from it, which mean nothing apart.
pub(super) const CONDITION: [&str; 3] = ["if", "then", "else"];

/// Where the new spec stands in an edited copy, for references that were taken over.
const NEW_SPEC: &str = "$new-spec";

/// Chains of references longer than this lead in a circle.
const LONGEST_CHAIN: usize = 16;

/// The old config schema with one difference taken over from the new one; `None` for differences that accept no value
/// more or less, and for those that cannot be told apart from what stands around them.
pub fn alone(delta: &Delta, old: &Value, new: &Value) -> Option<Value> {
    let Change::Spec(change) = &delta.change else { return None };
    if !accepts_otherwise(delta) {
        return None;
    }
    if *change == SpecChange::RootTypeChanged {
        return Some(new.clone());
    }
    let place = delta.config_place()?;
    let mut edited = old.clone();
    let refers = contains_references(new);
    let (at, from) = (place.old.segments().get(1..)?, place.new.segments().get(1..)?);
    let mut from = from.to_vec();
    // With references the new spec is read from where they will find it.
    let source = if refers {
        from.splice(0..0, ["definitions".to_owned(), NEW_SPEC.to_owned()]);
        Cow::Owned(serde_json::json!({"definitions": {NEW_SPEC: relocated(new, NEW_SPEC)}}))
    } else {
        Cow::Borrowed(new)
    };
    edit(change, delta, &mut edited, at, &source, &from)?;
    if refers && contains_references(&edited) {
        let definitions =
            edited.as_object_mut()?.entry("definitions").or_insert_with(|| Value::Object(Map::new()));
        definitions.as_object_mut()?.insert(NEW_SPEC.to_owned(), source["definitions"][NEW_SPEC].clone());
    }
    Some(edited)
}

/// Whether a difference can make a config valid or invalid.
pub fn accepts_otherwise(delta: &Delta) -> bool {
    let Change::Spec(change) = &delta.change else { return false };
    matches!(
        change,
        SpecChange::PropertyAdded { .. }
            | SpecChange::PropertyRemoved { .. }
            | SpecChange::PropertyMadeRequired
            | SpecChange::PropertyMadeOptional
            | SpecChange::TypeChanged { .. }
            | SpecChange::EnumIntroduced
            | SpecChange::EnumDropped
            | SpecChange::EnumValuesRemoved(_)
            | SpecChange::EnumValuesAdded(_)
            | SpecChange::Const(_)
            | SpecChange::Pattern(_)
            | SpecChange::Format(KeywordEdit::Introduced | KeywordEdit::Changed)
            | SpecChange::BoundTightened(_)
            | SpecChange::BoundRelaxed(_)
            | SpecChange::ObjectClosed
            | SpecChange::ObjectOpened
            | SpecChange::OptionRemoved
            | SpecChange::OptionAdded { .. }
            | SpecChange::DiscriminatorChanged
            | SpecChange::OptionsCollapsed
            | SpecChange::RootTypeChanged
            | SpecChange::ConstraintChanged(_)
    )
}

fn edit(
    change: &SpecChange,
    delta: &Delta,
    edited: &mut Value,
    at: &[String],
    source: &Value,
    from: &[String],
) -> Option<()> {
    match change {
        SpecChange::OptionAdded { .. } => {
            let union = node(edited, at)?;
            let keyword = oneof::options(union)?.keyword;
            let (index, list) = delta.pointer.new.as_ref()?.segments().split_last()?;
            let list = list.last()?;
            let option = resolved(source, from)?.get(list)?.get(index.parse::<usize>().ok()?)?.clone();
            union.get_mut(keyword)?.as_array_mut()?.push(option);
        }
        SpecChange::OptionRemoved => {
            let union = node(edited, at)?;
            let keyword = oneof::options(union)?.keyword;
            let index = delta.pointer.old.as_ref()?.segments().last()?.parse::<usize>().ok()?;
            let options = union.get_mut(keyword)?.as_array_mut()?;
            (index < options.len()).then(|| options.remove(index))?;
        }
        SpecChange::PropertyAdded { .. }
        | SpecChange::PropertyRemoved { .. }
        | SpecChange::PropertyMadeRequired
        | SpecChange::PropertyMadeOptional => {
            let name = delta.field.last()?;
            let declared = at.len() >= 2 && at[at.len() - 2] == "properties" && at.last() == Some(name);
            let up = if declared { 2 } else { 1 };
            let object = node(edited, at.get(..at.len().checked_sub(up)?)?)?;
            let new = resolved(source, from.get(..from.len().checked_sub(up)?)?)?;
            match change {
                SpecChange::PropertyAdded { .. } => {
                    take(object, &new, "properties", name);
                    take_required(object, &new, name)?;
                }
                SpecChange::PropertyRemoved { closed } => {
                    object.get_mut("properties")?.as_object_mut()?.remove(name);
                    take_required(object, &new, name)?;
                    if *closed {
                        take_keyword(object, &new, "additionalProperties")?;
                    }
                }
                _ => take_required(object, &new, name)?,
            }
        }
        SpecChange::DiscriminatorChanged => replace(edited, at, source, from)?,
        SpecChange::TypeChanged { relation: TypeRelation::Narrowed | TypeRelation::Widened, .. } => {
            keywords(edited, at, source, from, &["type"])?;
        }
        // What became something else altogether stands for everything below it.
        SpecChange::TypeChanged { .. } | SpecChange::OptionsCollapsed => {
            replace(edited, &at[..at.len().checked_sub(1)?], source, &from[..from.len().checked_sub(1)?])?;
        }
        SpecChange::EnumIntroduced
        | SpecChange::EnumDropped
        | SpecChange::EnumValuesRemoved(_)
        | SpecChange::EnumValuesAdded(_)
        | SpecChange::Const(_) => keywords(edited, at, source, from, &["enum", "const"])?,
        SpecChange::Format(_) => {
            let shape = format_shape(delta.new.as_ref()?.as_str()?)?;
            let schema = node(edited, &at[..at.len().checked_sub(1)?])?.as_object_mut()?;
            let parts = schema.entry("allOf").or_insert_with(|| Value::Array(Vec::new()));
            parts.as_array_mut()?.push(serde_json::json!({"pattern": shape}));
        }
        SpecChange::ConstraintChanged(keyword) if keyword == "schema" || keyword == "oneOf" => {
            replace(edited, at, source, from)?;
        }
        SpecChange::ConstraintChanged(keyword) if keyword == "properties" => {
            let name = delta.field.last()?;
            let object = node(edited, at.get(..at.len().checked_sub(2)?)?)?;
            let new = resolved(source, from.get(..from.len().checked_sub(2)?)?)?;
            take(object, &new, "properties", name);
        }
        SpecChange::ConstraintChanged(keyword) if keyword == "$ref" => return None,
        SpecChange::ConstraintChanged(keyword) if keyword == CONDITION[0] => {
            keywords(edited, at, source, from, &CONDITION)?;
        }
        _ => {
            let keyword = at.last()?.clone();
            keywords(edited, at, source, from, &[&keyword])?;
        }
    }
    Some(())
}

/// What texts of a format look like, for formats whose look says enough.
fn format_shape(format: &str) -> Option<&'static str> {
    match format {
        "date" => Some(r"^\d{4}-\d{2}-\d{2}$"),
        "date-time" => Some(r"^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$"),
        _ => None,
    }
}

/// Takes keywords over; `at` and `from` lead to one of them.
fn keywords(
    edited: &mut Value,
    at: &[String],
    source: &Value,
    from: &[String],
    names: &[&str],
) -> Option<()> {
    let new = resolved(source, &from[..from.len().checked_sub(1)?])?;
    let old = node(edited, &at[..at.len().checked_sub(1)?])?;
    for name in names {
        take_keyword(old, &new, name)?;
    }
    Some(())
}

fn replace(edited: &mut Value, at: &[String], source: &Value, from: &[String]) -> Option<()> {
    let new = resolved(source, from)?.into_owned();
    *node(edited, at)? = new;
    Some(())
}

fn take_keyword(old: &mut Value, new: &Value, keyword: &str) -> Option<()> {
    let old = old.as_object_mut()?;
    match new.get(keyword) {
        Some(value) => {
            old.insert(keyword.to_owned(), value.clone());
        }
        None => {
            old.remove(keyword);
        }
    }
    Some(())
}

/// Takes one entry of a keyword that holds schemas by name.
fn take(old: &mut Value, new: &Value, keyword: &str, name: &str) {
    let Some(schema) = new.get(keyword).and_then(|named| named.get(name)) else { return };
    if let Some(old) = old.as_object_mut() {
        let named = old.entry(keyword).or_insert_with(|| Value::Object(Map::new()));
        if let Some(named) = named.as_object_mut() {
            named.insert(name.to_owned(), schema.clone());
        }
    }
}

fn take_required(old: &mut Value, new: &Value, name: &str) -> Option<()> {
    let needs = |schema: &Value| {
        schema.get("required").and_then(Value::as_array).is_some_and(|names| names.iter().any(|n| n == name))
    };
    let (was, is) = (needs(old), needs(new));
    let old = old.as_object_mut()?;
    if was != is {
        let names = old.entry("required").or_insert_with(|| Value::Array(Vec::new())).as_array_mut()?;
        match is {
            true => names.push(name.into()),
            false => names.retain(|other| other != name),
        }
    }
    Some(())
}

/// Keywords that hold schemas by name or by number.
const HOLDS_SCHEMAS: [&str; 6] = ["properties", "oneOf", "anyOf", "allOf", "definitions", "$defs"];

/// The schema at a place, with references on the way replaced by their targets.
fn node<'v>(root: &'v mut Value, path: &[String]) -> Option<&'v mut Value> {
    // A reference is followed in the document as it was.
    let whole = if contains_references(root) { root.clone() } else { Value::Null };
    let mut node = root;
    fold(node, &whole)?;
    let mut is_schema = true;
    for segment in path {
        node = match node {
            Value::Object(map) => map.get_mut(segment)?,
            Value::Array(items) => items.get_mut(segment.parse::<usize>().ok()?)?,
            _ => return None,
        };
        // What stands below `properties` are names, what stands below a name is a schema again.
        is_schema = !is_schema || !HOLDS_SCHEMAS.contains(&segment.as_str());
        if is_schema {
            fold(node, &whole)?;
        }
    }
    Some(node)
}

/// The schema at a place, likewise: as it stands there, or a copy where something on the way is to be replaced.
fn resolved<'v>(root: &'v Value, path: &[String]) -> Option<Cow<'v, Value>> {
    if let Some(found) = as_written(root, path) {
        return Some(Cow::Borrowed(found));
    }
    let mut copy = root.clone();
    node(&mut copy, path).cloned().map(Cow::Owned)
}

/// The schema at a place where [`node`] would replace nothing on the way.
fn as_written<'v>(root: &'v Value, path: &[String]) -> Option<&'v Value> {
    let is_folded = |schema: &Value| {
        let parts = schema.get("allOf").and_then(Value::as_array);
        schema.get("$ref").is_none()
            && parts.is_none_or(|parts| parts.len() != 1)
            && super::spec_schema::nullable_options(schema).is_none()
    };
    let mut node = Some(root).filter(|root| is_folded(root))?;
    let mut is_schema = true;
    for segment in path {
        node = match node {
            Value::Object(map) => map.get(segment)?,
            Value::Array(items) => items.get(segment.parse::<usize>().ok()?)?,
            _ => return None,
        };
        is_schema = !is_schema || !HOLDS_SCHEMAS.contains(&segment.as_str());
        if is_schema && !is_folded(node) {
            return None;
        }
    }
    Some(node)
}

/// Brings a schema into the form in which specs are compared: its reference followed, an `allOf` of one part and a
/// union with null written out.
fn fold(node: &mut Value, root: &Value) -> Option<()> {
    for _ in 0..LONGEST_CHAIN {
        let Some(map) = node.as_object_mut() else { return Some(()) };
        if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
            // Draft 7 reads nothing beside a reference.
            *node = Pointer::parse(reference.strip_prefix('#')?).get(root)?.clone();
            continue;
        }
        if map.get("allOf").and_then(Value::as_array).is_some_and(|parts| parts.len() == 1) {
            let mut part = map.remove("allOf")?.as_array_mut()?.pop()?;
            fold(&mut part, root)?;
            for (key, value) in part.as_object()?.clone() {
                match map.get(&key) {
                    None => {
                        map.insert(key, value);
                    }
                    // Both parts of a conjunction cannot be one keyword; the walk lets the outer one win, which only
                    // annotations survive.
                    Some(known) if *known == value => {}
                    Some(Value::Object(outer)) if key == "properties" => {
                        // Two schemas for one property are both in force; one of them alone is another spec.
                        let inner = value.as_object()?;
                        if inner.iter().any(|(name, schema)| outer.get(name).is_some_and(|own| own != schema))
                        {
                            return None;
                        }
                        super::spec_schema::join(map, &key, value);
                    }
                    Some(Value::Array(_)) if key == "required" => super::spec_schema::join(map, &key, value),
                    Some(_)
                        if super::spec_schema::ANNOTATIONS.contains(&key.as_str()) || key == "default" => {}
                    Some(_) => return None,
                }
            }
            continue;
        }
        let Some((keyword, mut others)) = super::spec_schema::nullable_options(node) else { return Some(()) };
        let map = node.as_object_mut()?;
        if others.len() > 1 {
            // The walk knows the others by their places among themselves.
            others.push(serde_json::json!({"type": "null"}));
            map.insert(keyword.to_owned(), Value::Array(others));
            return Some(());
        }
        let mut only = others.pop()?;
        fold(&mut only, root)?;
        map.remove(keyword);
        let only = only.as_object_mut()?;
        if only.keys().any(|key| ["oneOf", "anyOf", "not", "if", "allOf"].contains(&key.as_str())) {
            return None;
        }
        with_null(only)?;
        for (key, value) in only.clone() {
            map.entry(key).or_insert(value);
        }
    }
    None
}

/// Lets a schema accept null too.
fn with_null(schema: &mut Map<String, Value>) -> Option<()> {
    match schema.get_mut("type") {
        Some(Value::String(name)) => {
            let both = vec![Value::from(name.as_str()), Value::from("null")];
            schema.insert("type".to_owned(), Value::Array(both));
        }
        Some(Value::Array(names)) => names.push("null".into()),
        Some(_) => return None,
        None => {}
    }
    if let Some(value) = schema.remove("const") {
        schema.insert("enum".to_owned(), Value::Array(vec![value]));
    }
    if let Some(values) = schema.get_mut("enum") {
        values.as_array_mut()?.push(Value::Null);
    }
    Some(())
}

/// Whether a schema refers to another anywhere.
pub fn contains_references(value: &Value) -> bool {
    match value {
        Value::Object(map) => {
            ["$ref", "$dynamicRef", "$recursiveRef"].iter().any(|key| map.contains_key(*key))
                || map.values().any(contains_references)
        }
        Value::Array(items) => items.iter().any(contains_references),
        _ => false,
    }
}

/// A schema with its references leading to where it stands among the definitions of another.
fn relocated(schema: &Value, name: &str) -> Value {
    match schema {
        Value::Object(map) => Value::Object(
            map.iter()
                .map(|(key, value)| {
                    let moved = value
                        .as_str()
                        .filter(|_| key == "$ref")
                        .and_then(|reference| reference.strip_prefix('#'))
                        .map(|place| Value::from(format!("#/definitions/{name}{place}")));
                    (key.clone(), moved.unwrap_or_else(|| relocated(value, name)))
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(|item| relocated(item, name)).collect()),
        other => other.clone(),
    }
}
