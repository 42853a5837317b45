//! Values as people say them: a type by its name, a list by what it loses, and JSON only where structure matters.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::phrase;
use crate::model::{Words, short};

/// An old and a new value, as they are shown.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Change<'r> {
    /// There is nothing to show.
    #[default]
    None,
    /// In a few words: `text → integer`.
    Short(Words),
    /// Two objects that are too long for a line.
    Long {
        /// The old one.
        old: &'r Value,
        /// The new one.
        new: &'r Value,
    },
}

/// So many values of a list are shown.
const MOST_VALUES: usize = 5;

/// Objects longer than this are shown line by line.
const LONGEST_LINE: usize = 72;

impl<'r> Change<'r> {
    /// What is shown of an old and a new value.
    pub(super) fn of(old: Option<&'r Value>, new: Option<&'r Value>) -> Self {
        match (old, new) {
            (None, None) => Self::None,
            // Of what came or went the type is enough; a value that came or went says which way.
            (Some(one @ Value::Object(_)), None) | (None, Some(one @ Value::Object(_))) => {
                said(one).map_or(Self::None, Self::Short)
            }
            (Some(old), None) => Self::Short(value(old).and_text(" → none")),
            (None, Some(new)) => Self::Short(Words::marked("none → ").and(&value(new))),
            (Some(old), Some(new)) => Self::between(old, new),
        }
    }

    fn between(old: &'r Value, new: &'r Value) -> Self {
        if let Some(difference) = difference_of_lists(old, new) {
            return Self::Short(difference);
        }
        let arrow = |old: Words, new: Words| Self::Short(old.and_text(" → ").and(&new));
        match (said(old), said(new)) {
            (Some(old), Some(new)) if old.as_str() != new.as_str() => arrow(old, new),
            _ if old.is_object() && new.is_object() && is_long(old, new) => Self::Long { old, new },
            _ if short(old) != short(new) => arrow(Words::value(short(old)), Words::value(short(new))),
            // What reads the same differs in its type: JSON has quotes around texts.
            _ if short(old).chars().count() < LONGEST_LINE => {
                arrow(Words::value(old.to_string()), Words::value(new.to_string()))
            }
            _ => {
                let (old, new) = from_difference(&plain(old), &plain(new));
                arrow(Words::value(old), Words::value(new))
            }
        }
    }

    /// The words, where there are a few.
    pub fn words(&self) -> Option<&Words> {
        match self {
            Self::Short(words) => Some(words),
            Self::None | Self::Long { .. } => None,
        }
    }
}

/// What a field was and is: its types where they have names, else its schema.
pub(super) fn both(old: Option<&Value>, new: Option<&Value>) -> (Words, Option<Words>) {
    let Some(old) = old else { return (Words::marked("none"), new.map(value)) };
    match new {
        Some(new) if value(old).as_str() == value(new).as_str() => {
            (Words::value(short(old)), Some(Words::value(short(new))))
        }
        new => (value(old), new.map(value)),
    }
}

/// A value in words, or as JSON where its structure matters.
fn value(value: &Value) -> Words {
    said(value).unwrap_or_else(|| Words::value(short(value)))
}

/// The whole text of a value.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Two texts that start alike, from a little before where they differ.
fn from_difference(old: &str, new: &str) -> (String, String) {
    const BEFORE: usize = 12;
    const SHOWN: usize = 48;
    let alike = old.chars().zip(new.chars()).take_while(|(one, other)| one == other).count();
    let from = |text: &str| {
        let shown: String = text.chars().skip(alike.saturating_sub(BEFORE)).take(SHOWN).collect();
        format!("…{shown}")
    };
    (from(old), from(new))
}

fn is_long(old: &Value, new: &Value) -> bool {
    old.to_string().len().max(new.to_string().len()) > LONGEST_LINE
}

/// A value in words; `None` where its structure matters.
fn said(value: &Value) -> Option<Words> {
    match value {
        Value::Null => Some(Words::marked("nothing")),
        Value::Bool(_) | Value::Number(_) => Some(Words::name(value.to_string())),
        Value::String(_) => Some(Words::name(short(value))),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(path_or_scalar).collect::<Option<_>>()?;
            Some(phrase::names(items.iter().map(String::as_str), MOST_VALUES))
        }
        Value::Object(schema) => type_of(schema).map(Words::marked),
    }
}

/// A plain value, or the path of a key.
fn path_or_scalar(value: &Value) -> Option<String> {
    match value {
        Value::Object(_) => None,
        Value::Array(path) => {
            let path: Option<Vec<&str>> = path.iter().map(Value::as_str).collect();
            path.map(|path| path.join("."))
        }
        scalar => Some(short(scalar)),
    }
}

/// What one list of plain values has that the other has not; `None` where that is not all that differs, or where two values
/// that differ look alike.
fn difference_of_lists(old: &Value, new: &Value) -> Option<Words> {
    let scalars = |value: &Value| -> Option<BTreeMap<String, String>> {
        let is_plain = |item: &Value| !item.is_array() && !item.is_object();
        let items = value.as_array()?;
        items.iter().all(is_plain).then(|| items.iter().map(|item| (item.to_string(), short(item))).collect())
    };
    let (before, after) = (scalars(old)?, scalars(new)?);
    let is_any_empty = before.is_empty() || after.is_empty();
    if before.len() + after.len() < 3 && !is_any_empty {
        return None;
    }
    let all: BTreeMap<&String, &String> = before.iter().chain(&after).collect();
    let looks: BTreeSet<&&String> = all.values().collect();
    if looks.len() < all.len() {
        return None;
    }
    let beyond = |one: &Value, other: &BTreeMap<String, String>| -> Vec<String> {
        let items = one.as_array().into_iter().flatten();
        items.filter(|item| !other.contains_key(&item.to_string())).map(short).collect()
    };
    let (lost, gained) = (beyond(old, &after), beyond(new, &before));
    let list = |items: &[String]| phrase::names(items.iter().map(String::as_str), MOST_VALUES);
    match (lost.as_slice(), gained.as_slice()) {
        ([], []) => None,
        (lost, []) => Some(Words::marked("loses ").and(&list(lost))),
        ([], gained) => Some(Words::marked("gains ").and(&list(gained))),
        (lost, gained) => {
            Some(Words::marked("loses ").and(&list(lost)).and_text(", gains ").and(&list(gained)))
        }
    }
}

/// Keywords that say nothing of the type of a value.
const ANNOTATIONS: [&str; 12] = [
    "$schema",
    "additionalProperties",
    "airbyte_hidden",
    "always_show",
    "description",
    "default",
    "example",
    "examples",
    "group",
    "nullable",
    "order",
    "title",
];

/// The type that a schema names, `null` aside; `None` where it says more than a type.
fn type_of(schema: &Map<String, Value>) -> Option<&'static str> {
    const TYPING: [&str; 6] = ["type", "format", "airbyte_type", "items", "properties", "contentEncoding"];
    if !schema.keys().all(|key| TYPING.contains(&key.as_str()) || ANNOTATIONS.contains(&key.as_str())) {
        return None;
    }
    let types: Vec<&str> = match schema.get("type")? {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().map(Value::as_str).collect::<Option<_>>()?,
        _ => return None,
    };
    let named: Vec<&str> = types.into_iter().filter(|name| *name != "null").collect();
    let text = |key: &str| schema.get(key).and_then(Value::as_str);
    Some(match named.as_slice() {
        ["string"] => match (text("format"), text("airbyte_type")) {
            (Some("date"), _) => "date",
            (Some("date-time"), Some("timestamp_without_timezone")) => "timestamp without time zone",
            (Some("date-time"), _) => "timestamp with time zone",
            (Some("time"), Some("time_without_timezone")) => "time without time zone",
            (Some("time"), _) => "time with time zone",
            (None, None) if !schema.contains_key("contentEncoding") => "text",
            _ => return None,
        },
        ["integer"] => "integer",
        ["number"] if text("airbyte_type") == Some("integer") => "integer",
        ["number"] => "number",
        ["boolean"] => "boolean",
        ["object"] => "object",
        ["array"] => match schema.get("items").and_then(Value::as_object).map(type_of) {
            None => "list",
            Some(of) => match of? {
                "text" => "list of text",
                "integer" => "list of integers",
                "number" => "list of numbers",
                "boolean" => "list of booleans",
                "object" => "list of objects",
                _ => return None,
            },
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn between(old: Value, new: Value) -> String {
        match Change::of(Some(&old), Some(&new)) {
            Change::Short(words) => words.to_string(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn values_are_said_as_people_say_them() {
        assert_eq!(
            between(json!({"type": ["null", "integer"]}), json!({"type": "string"})),
            "integer → text"
        );
        assert_eq!(
            between(json!({"type": "string", "format": "date"}), json!({"type": ["string", "null"]})),
            "date → text"
        );
        assert_eq!(between(json!("id"), json!("uuid")), "id → uuid");
        assert_eq!(between(json!([["id"]]), json!([["a", "b"], ["c"]])), "id → a.b, c");
        assert_eq!(between(json!(["a", "b", "c"]), json!(["b", "d"])), "loses a, c, gains d");
        assert_eq!(between(json!(["a"]), json!([])), "loses a");
        assert_eq!(between(json!(["a"]), json!(["b"])), "a → b");
        assert_eq!(between(json!(false), json!(true)), "false → true");
        assert_eq!(between(json!(true), json!("true")), "`true` → `\"true\"`");
        assert_eq!(between(json!(null), json!("nothing")), "`null` → `\"nothing\"`");
        let alike = "x".repeat(200);
        let late = between(json!(format!("{alike}a")), json!(format!("{alike}b")));
        assert_eq!(late, "`…xxxxxxxxxxxxa` → `…xxxxxxxxxxxxb`");
    }

    #[test]
    fn json_is_shown_where_words_would_hide_what_differs() {
        let nullable = between(json!({"type": ["null", "string"]}), json!({"type": "string"}));
        assert_eq!(nullable, r#"`{"type":["null","string"]}` → `{"type":"string"}`"#);
        let pattern = between(json!({"type": "string"}), json!({"type": "string", "pattern": "^a"}));
        assert_eq!(pattern, r#"`{"type":"string"}` → `{"pattern":"^a","type":"string"}`"#);
        assert_eq!(between(json!(["a", "b"]), json!(["b", "a"])), "a, b → b, a");
        assert_eq!(between(json!(["1", "b", 2]), json!([1, "b"])), "1, b, 2 → 1, b");
        assert_eq!(between(json!(["a"]), json!([["a"]])), "`[\"a\"]` → `[[\"a\"]]`");
    }

    #[test]
    fn of_what_came_or_went_the_type_is_said() {
        let gone = json!({"type": "string", "title": "Key"});
        assert_eq!(Change::of(Some(&gone), None), Change::Short(Words::marked("text")));
        assert_eq!(
            Change::of(Some(&json!("uuid")), None),
            Change::Short(Words::name("uuid").and_text(" → none"))
        );
        let choice = json!({"oneOf": []});
        assert_eq!(Change::of(Some(&choice), None), Change::None);
    }
}
