//! The properties of a spec, one by one, those of options among them.

use serde_json::Value;

use crate::model::Pointer;

/// A property.
#[derive(Debug, Clone)]
pub(super) struct Entry<'s> {
    /// Names from the root.
    pub(super) path: Vec<String>,
    /// Its schema, references followed.
    pub(super) schema: &'s Value,
    /// The words of its name, in the singular.
    words: Vec<String>,
}

impl<'s> Entry<'s> {
    pub(super) fn new(path: Vec<String>, schema: &'s Value) -> Self {
        let words = singular(path.last().map_or("", String::as_str));
        Self { path, schema, words }
    }

    /// Whether the names of two properties may be of the same thing.
    pub(super) fn is_alike(&self, other: &Entry<'_>) -> bool {
        alike_words(&self.words, &other.words)
    }

    /// Whether they have the same words.
    pub(super) fn has_words_of(&self, other: &Entry<'_>) -> bool {
        self.words == other.words
    }
}

/// Properties lie so deep at most.
const DEEPEST: usize = 6;

/// So many schemas are looked into: choices inside of choices fan out.
const MOST_STEPS: usize = 20_000;

/// More than these are not paired.
const MOST: usize = 2000;

/// The schema that references lead to.
pub(super) fn resolved<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    let mut schema = schema;
    for _ in 0..16 {
        let reference = schema.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'));
        match reference.and_then(|path| Pointer::parse(path).get(root)) {
            Some(target) => schema = target,
            None => break,
        }
    }
    schema
}

/// Every property of a spec.
pub(super) fn entries(root: &Value) -> Vec<Entry<'_>> {
    let mut found = Vec::new();
    walk(root, root, &[], &mut found, &mut { MOST_STEPS });
    found
}

fn walk<'s>(
    root: &'s Value,
    schema: &'s Value,
    path: &[String],
    found: &mut Vec<Entry<'s>>,
    left: &mut usize,
) {
    let schema = resolved(root, schema);
    *left = left.saturating_sub(1);
    if path.len() > DEEPEST || found.len() > MOST || *left == 0 {
        return;
    }
    for (name, inner) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let path = [path, std::slice::from_ref(name)].concat();
        let inner = resolved(root, inner);
        found.push(Entry::new(path.clone(), inner));
        walk(root, inner, &path, found, left);
    }
    for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        walk(root, part, path, found, left);
    }
    for part in options(schema) {
        walk(root, part, path, found, left);
    }
}

/// The options of a choice.
pub(super) fn options(schema: &Value) -> &[Value] {
    let listed = |keyword| schema.get(keyword).and_then(Value::as_array);
    listed("oneOf").or_else(|| listed("anyOf")).map_or(&[], Vec::as_slice)
}

pub(super) fn requires(schema: &Value, name: &str) -> bool {
    let names = schema.get("required").and_then(Value::as_array);
    names.is_some_and(|names| names.iter().any(|other| other == name))
}

/// The only value of a schema.
pub(super) fn constant(schema: &Value) -> Option<&Value> {
    schema.get("const").or_else(|| match schema.get("enum")?.as_array()?.as_slice() {
        [only] => Some(only),
        _ => None,
    })
}

/// The types of a schema; `null` is left out.
pub(super) fn kinds(schema: &Value) -> Vec<&str> {
    let named: Vec<&str> = match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ if schema.get("properties").is_some() || !options(schema).is_empty() => vec!["object"],
        _ => match constant(schema).or_else(|| schema.get("enum")?.as_array()?.first()) {
            Some(Value::String(_)) => vec!["string"],
            Some(Value::Bool(_)) => vec!["boolean"],
            Some(Value::Number(number)) if number.is_f64() => vec!["number"],
            Some(Value::Number(_)) => vec!["integer"],
            _ => Vec::new(),
        },
    };
    named.into_iter().filter(|kind| *kind != "null").collect()
}

pub(super) fn is_secret(schema: &Value) -> bool {
    schema.get("airbyte_secret") == Some(&Value::Bool(true))
}

/// Whether a value of a schema may be a secret, or hold one where no property of the config says so: in an option, a list,
/// a map. What a reference there leads to is not looked up, and may be one.
pub(super) fn hides_secret(schema: &Value) -> bool {
    let Some(map) = schema.as_object() else { return false };
    let below = |keyword: &str| map.get(keyword).into_iter();
    // Properties of options are properties of the config, and are asked for themselves.
    let options = ["oneOf", "anyOf", "allOf"].into_iter().flat_map(below);
    let options = options.filter_map(Value::as_array).flatten();
    let inner = ["items", "prefixItems", "additionalItems", "additionalProperties", "patternProperties"];
    is_secret(schema)
        || options.into_iter().any(|option| option.get("$ref").is_some() || hides_secret(option))
        || inner.into_iter().flat_map(below).any(names_secret)
}

/// Whether a secret, or a reference, stands anywhere in a schema.
fn names_secret(schema: &Value) -> bool {
    match schema {
        Value::Object(map) => is_secret(schema) || map.contains_key("$ref") || map.values().any(names_secret),
        Value::Array(all) => all.iter().any(names_secret),
        _ => false,
    }
}

/// The words of a name: `accessToken` and `access_token` have the same.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut was_lower = false;
    for character in name.chars() {
        if !character.is_alphanumeric() || character.is_uppercase() && was_lower {
            words.push(String::new());
        }
        was_lower = character.is_lowercase() || character.is_ascii_digit();
        if let (true, Some(word)) = (character.is_alphanumeric(), words.last_mut()) {
            word.extend(character.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The words of a name in the singular: a list is named for more than one.
fn singular(name: &str) -> Vec<String> {
    let one = |word: String| match word.strip_suffix("ies") {
        Some(stem) if stem.len() > 1 => format!("{stem}y"),
        _ => match word.strip_suffix('s').filter(|stem| stem.len() > 1 && !stem.ends_with('s')) {
            Some(stem) => stem.to_owned(),
            None => word,
        },
    };
    words(name).into_iter().map(one).collect()
}

/// Whether two names may be of the same thing: the words of one are all in the other, or one holds the other. The first key
/// is not the tenth.
fn alike_words(one: &[String], other: &[String]) -> bool {
    let numbers = |words: &[String]| -> Vec<String> {
        let joined = words.join(" ");
        let runs = joined.split(|c: char| !c.is_ascii_digit());
        runs.filter(|run| !run.is_empty()).map(str::to_owned).collect()
    };
    let (own, its) = (numbers(one), numbers(other));
    if !own.is_empty() && !its.is_empty() && own != its {
        return false;
    }
    let within = |less: &[String], more: &[String]| less.iter().all(|word| more.contains(word));
    let (joined, other_joined) = (one.concat(), other.concat());
    within(one, other)
        || within(other, one)
        || joined.len().min(other_joined.len()) >= 4
            && (joined.contains(&other_joined) || other_joined.contains(&joined))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(one: &str, other: &str) -> bool {
        alike_words(&singular(one), &singular(other))
    }

    #[test]
    fn names_of_the_same_thing() {
        for (one, other) in [
            ("token", "api_token"),
            ("accessToken", "access_token"),
            ("domain", "subdomain"),
            ("date", "start_date"),
            ("property_id", "property_ids"),
            ("repository", "repositories"),
        ] {
            assert!(alike(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("api_key", "api_secret"),
            ("start_date", "end_date"),
            ("username", "project"),
            ("id", "width"),
            ("key1", "new_key10"),
        ] {
            assert!(!alike(one, other), "{one} {other}");
        }
    }
}
