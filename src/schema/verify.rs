//! Holding a witness against a validator that shares no code with the search.

use serde_json::Value;

use super::number::same;
use super::{Draft, Inclusion, Options};

/// A schema, ready to validate values.
#[derive(Debug)]
pub struct Validator {
    validator: jsonschema::Validator,
}

impl Validator {
    /// Prepares a schema.
    ///
    /// # Errors
    /// The validator refuses the schema; the text says why.
    pub fn new(schema: &Value, options: &Options) -> Result<Self, String> {
        let draft = match options.draft.unwrap_or_else(|| Draft::of(schema)) {
            Draft::Draft4 => jsonschema::Draft::Draft4,
            Draft::Draft7 => jsonschema::Draft::Draft7,
            Draft::Draft201909 => jsonschema::Draft::Draft201909,
            Draft::Draft202012 => jsonschema::Draft::Draft202012,
        };
        jsonschema::options()
            .with_draft(draft)
            .should_validate_formats(options.assert_formats)
            .build(&without_content(schema, true))
            .map(|validator| Self { validator })
            .map_err(|error| error.to_string())
    }

    /// Why the schema refuses a value; `None` where it accepts it.
    pub fn refusal(&self, value: &Value) -> Option<String> {
        self.validator.iter_errors(value).next().map(|error| {
            let place = error.instance_path().to_string();
            if place.is_empty() { error.to_string() } else { format!("{error} (at {place})") }
        })
    }
}

/// The schema without what describes the content of texts: the validator would assert it, and the drafts do not.
fn without_content(schema: &Value, is_schema: bool) -> Value {
    match schema {
        Value::Object(map) => Value::Object(
            map.iter()
                .filter(|(key, _)| {
                    !(is_schema
                        && ["contentEncoding", "contentMediaType", "contentSchema"].contains(&key.as_str()))
                })
                .map(|(key, value)| {
                    let maps = ["properties", "patternProperties", "definitions", "$defs"];
                    let data = is_schema && ["const", "enum", "default", "examples"].contains(&key.as_str());
                    if data {
                        return (key.clone(), each_once(value));
                    }
                    (key.clone(), without_content(value, !(is_schema && maps.contains(&key.as_str()))))
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(|item| without_content(item, true)).collect()),
        other => other.clone(),
    }
}

/// A list without its repetitions: the validator refuses an `enum` that names a value twice, and readers do not.
fn each_once(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut kept: Vec<Value> = Vec::with_capacity(items.len());
            for item in items {
                if !kept.iter().any(|known| same(known, item)) {
                    kept.push(item.clone());
                }
            }
            Value::Array(kept)
        }
        other => other.clone(),
    }
}

/// The answer for a witness that the search found.
pub(super) fn witness(old: &Value, new: &Value, witness: Value, options: &Options) -> Inclusion {
    let unknown = |reason: String| Inclusion::Unknown { reason };
    let (accepts, refuses) = match (Validator::new(old, options), Validator::new(new, options)) {
        (Ok(accepts), Ok(refuses)) => (accepts, refuses),
        (Err(error), _) | (_, Err(error)) => {
            return unknown(format!("a witness was found and cannot be checked: {error}"));
        }
    };
    match (accepts.refusal(&witness), refuses.refusal(&witness)) {
        (None, Some(message)) => Inclusion::NotIncluded { witness, message },
        (Some(error), _) => unknown(format!(
            "the witness {witness} was found, and a validator says the first schema refuses it: {error}"
        )),
        (None, None) => unknown(format!(
            "the witness {witness} was found, and a validator says the second schema accepts it"
        )),
    }
}
