//! Holding a witness against a validator that shares no code with the search.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::Value;

use super::number::canonical;
use super::resources::NAMED;
use super::{Draft, Inclusion, Options, Prepared};
use jsonschema::error::ValidationErrorKind;
use thiserror::Error;

use crate::model::Pointer;

/// Why a validator refuses a schema.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct ValidatorError(#[source] Box<jsonschema::ValidationError<'static>>);

/// A schema, ready to validate values.
#[derive(Debug)]
pub struct Validator {
    validator: jsonschema::Validator,
}

/// What a schema refuses of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The place, by names of properties alone.
    pub at: Vec<String>,
    /// The properties there that are missing, or too many.
    pub keys: Vec<String>,
    /// Whether they are missing.
    pub is_missing: bool,
    /// What is wrong, without the value.
    pub message: String,
}

impl Refusal {
    /// Whether it may be about a property: at it, above it or below it.
    pub fn is_about(&self, field: &[String]) -> bool {
        let meets = |place: &[String]| place.starts_with(field) || field.starts_with(place);
        match self.keys.as_slice() {
            [] => meets(&self.at),
            keys => keys.iter().any(|key| meets(&[self.at.as_slice(), std::slice::from_ref(key)].concat())),
        }
    }
}

impl Validator {
    /// Prepares a schema.
    ///
    /// # Errors
    /// The validator refuses the schema.
    pub fn new(schema: &Value, options: &Options) -> Result<Self, ValidatorError> {
        let draft = match options.draft.unwrap_or_else(|| Draft::of(schema)) {
            Draft::Draft4 => jsonschema::Draft::Draft4,
            Draft::Draft6 => jsonschema::Draft::Draft6,
            Draft::Draft7 => jsonschema::Draft::Draft7,
            Draft::Draft201909 => jsonschema::Draft::Draft201909,
            Draft::Draft202012 => jsonschema::Draft::Draft202012,
        };
        let tidy =
            if is_tidy(schema, true) { Cow::Borrowed(schema) } else { Cow::Owned(tidied(schema, true)) };
        jsonschema::options()
            .with_draft(draft)
            .should_validate_formats(options.assert_formats)
            .build(&tidy)
            .map(|validator| Self { validator })
            .map_err(|error| ValidatorError(Box::new(error)))
    }

    /// Why the schema refuses a value; `None` where it accepts it. The text names the place and not the value, which
    /// may be a secret.
    pub fn refusal(&self, value: &Value) -> Option<String> {
        self.validator.iter_errors(value).next().map(|error| {
            let place = error.instance_path().to_string();
            let message = error.masked_with("the value").to_string();
            if place.is_empty() { message } else { format!("{message} (at {place})") }
        })
    }

    /// Which keyword of the schema refuses a value; `None` where it accepts it. The text holds nothing of the value: the
    /// keys of a user's config may be secrets too.
    pub fn refused_by(&self, value: &Value) -> Option<String> {
        self.validator.iter_errors(value).next().map(|error| error.schema_path().to_string())
    }

    /// Whether the schema accepts a value.
    pub fn accepts(&self, value: &Value) -> bool {
        self.validator.is_valid(value)
    }

    /// Everything that the schema refuses of a value, each with its place.
    pub fn refusals(&self, value: &Value) -> Vec<Refusal> {
        let all = self.validator.iter_errors(value).map(|error| {
            // Elements of lists have no names.
            let at: Vec<String> = error
                .instance_path()
                .iter()
                .filter_map(|segment| match segment {
                    jsonschema::paths::LocationSegment::Property(name) => Some(name.into_owned()),
                    jsonschema::paths::LocationSegment::Index(_) => None,
                })
                .collect();
            let is_missing = matches!(error.kind(), ValidationErrorKind::Required { .. });
            let keys = match error.kind() {
                ValidationErrorKind::Required { property: Value::String(name) } => vec![name.clone()],
                ValidationErrorKind::AdditionalProperties { unexpected }
                | ValidationErrorKind::UnevaluatedProperties { unexpected } => unexpected.clone(),
                _ => Vec::new(),
            };
            Refusal { at, keys, is_missing, message: error.masked_with("the value").to_string() }
        });
        all.collect()
    }
}

/// Whether the validator would misread a keyword that other readers leave alone.
fn is_unread(key: &str, value: &Value) -> bool {
    match key {
        "contentEncoding" | "contentMediaType" | "contentSchema" => true,
        // Draft 3 had `required` as a flag; later drafts do not read it, and the validator refuses it.
        "required" => value.is_boolean(),
        // The validator refuses a schema for a description that is none, and readers do not.
        "examples" => !value.is_array(),
        "title" | "description" | "$comment" | "format" => !value.is_string(),
        _ => false,
    }
}

/// Whether [`tidied`] changes nothing: most schemas are as the validator wants them.
fn is_tidy(schema: &Value, is_schema: bool) -> bool {
    match schema {
        Value::Object(map) => map.iter().all(|(key, value)| match (is_schema, key.as_str(), value) {
            (false, ..) => is_tidy(value, true),
            (true, key, value) if is_unread(key, value) => false,
            (true, "$ref", Value::String(reference)) => reference.bytes().all(|byte| is_of_uri(&byte)),
            (true, "enum", Value::Array(items)) | (true, "required", Value::Array(items)) => {
                let mut seen = HashSet::new();
                items.len() < 2 || items.iter().all(|item| seen.insert(canonical(item)))
            }
            (true, "const" | "enum" | "default" | "examples" | "required", _) => true,
            (true, key, value) => is_tidy(value, !NAMED.contains(&key)),
        }),
        Value::Array(items) => items.iter().all(|item| is_tidy(item, true)),
        _ => true,
    }
}

/// The schema as the validator wants it, without what describes the content of texts: it would assert that, and the
/// drafts do not.
fn tidied(schema: &Value, is_schema: bool) -> Value {
    match schema {
        Value::Object(map) => Value::Object(
            map.iter()
                .filter(|(key, value)| !(is_schema && is_unread(key, value)))
                .map(|(key, value)| {
                    if let ("$ref", Value::String(reference), true) = (key.as_str(), value, is_schema) {
                        return (key.clone(), Value::from(percent_encoded(reference)));
                    }
                    let data = is_schema && ["const", "enum", "default", "examples"].contains(&key.as_str());
                    if is_schema && key == "required" {
                        return (key.clone(), each_once(value));
                    }
                    if data {
                        return (key.clone(), if key == "enum" { each_once(value) } else { value.clone() });
                    }
                    (key.clone(), tidied(value, !(is_schema && NAMED.contains(&key.as_str()))))
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(|item| tidied(item, true)).collect()),
        other => other.clone(),
    }
}

/// A reference as the validator wants it: with percent signs for what a URI cannot hold, such as the spaces and
/// brackets in the names of generated definitions.
fn percent_encoded(reference: &str) -> String {
    reference.bytes().fold(String::new(), |mut encoded, byte| {
        match is_of_uri(&byte) {
            true => encoded.push(char::from(byte)),
            false => encoded.push_str(&format!("%{byte:02X}")),
        }
        encoded
    })
}

fn is_of_uri(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?#%".contains(byte)
}

/// A list without its repetitions: the validator refuses an `enum` that names a value twice, and readers do not.
fn each_once(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut seen = HashSet::new();
            let kept = items.iter().filter(|item| seen.insert(canonical(item))).cloned().collect();
            Value::Array(kept)
        }
        other => other.clone(),
    }
}

/// Texts that are tried to make one witness readable.
const MOST_TEXTS: usize = 64;

/// Replaces texts that were made up by what the schema itself proposes for their place, as long as the witness stays
/// one.
fn make_readable(witness: &mut Value, schema: &Value, shows: &dyn Fn(&Value) -> bool) {
    let mut places = Vec::new();
    texts(witness, &Pointer::root(), &mut places);
    for place in places.into_iter().take(MOST_TEXTS) {
        for proposed in proposals(schema, &place) {
            let mut candidate = witness.clone();
            let Some(text) = place.get_mut(&mut candidate) else { break };
            if *text == proposed {
                break;
            }
            *text = proposed;
            if shows(&candidate) {
                *witness = candidate;
                break;
            }
        }
    }
}

/// Where texts stand in a value.
fn texts(value: &Value, at: &Pointer, found: &mut Vec<Pointer>) {
    match value {
        Value::String(_) => found.push(at.clone()),
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, item)| texts(item, &at.join(index.to_string()), found));
        }
        Value::Object(map) => map.iter().for_each(|(key, value)| texts(value, &at.join(key.clone()), found)),
        _ => {}
    }
}

/// Schemas looked at for one place, at most.
const MOST_SCHEMAS: usize = 200;

/// What schemas propose for a place: a secret's placeholder, the default, examples, the title.
fn proposals(root: &Value, place: &Pointer) -> Vec<Value> {
    let mut schemas: Vec<&Value> = parts_of(root, root);
    for segment in place.segments() {
        let mut below = Vec::new();
        for schema in schemas {
            let child = schema["properties"].get(segment).or_else(|| {
                let items = schema.get("items").filter(|items| items.is_object());
                items.filter(|_| segment.parse::<usize>().is_ok())
            });
            below.extend(child.into_iter().flat_map(|child| parts_of(child, root)));
            below.truncate(MOST_SCHEMAS);
        }
        schemas = below;
    }
    let mut proposed: Vec<Value> = Vec::new();
    let is_secret = schemas.iter().any(|schema| schema["airbyte_secret"] == true);
    if is_secret {
        proposed.push(SECRET.into());
    }
    let formats = || schemas.iter().filter_map(|schema| schema["format"].as_str());
    // What is called "Start date" is no date.
    let keywords: &[&str] =
        if formats().next().is_some() { &["default", "examples"] } else { &["default", "examples", "title"] };
    for keyword in keywords {
        for schema in &schemas {
            match schema.get(keyword) {
                Some(Value::Array(examples)) => proposed.extend(examples.iter().cloned()),
                Some(one) => proposed.push(one.clone()),
                None => {}
            }
        }
    }
    let of_format = |format| OF_FORMATS.iter().find(|(name, _)| *name == format);
    proposed.extend(formats().filter_map(of_format).map(|(_, text)| Value::from(*text)));
    // Schemas that read alike share what they propose, and only one of them may be a secret.
    if !is_secret {
        proposed.push("text".into());
    }
    proposed.retain(Value::is_string);
    proposed
}

/// What stands for a secret.
const SECRET: &str = "****";

/// A text of each format that forms know.
const OF_FORMATS: [(&str, &str); 5] = [
    ("date", "2024-01-01"),
    ("date-time", "2024-01-01T00:00:00Z"),
    ("uri", "https://example.com"),
    ("email", "user@example.com"),
    ("uuid", "00000000-0000-4000-8000-000000000000"),
];

/// A schema with the parts and options it is made of.
fn parts_of<'v>(schema: &'v Value, root: &'v Value) -> Vec<&'v Value> {
    let mut found: Vec<&Value> = Vec::new();
    let mut open = vec![schema];
    while let Some(schema) = open.pop() {
        if found.len() >= MOST_SCHEMAS || found.iter().any(|known| std::ptr::eq(*known, schema)) {
            continue;
        }
        found.push(schema);
        let target =
            schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
        open.extend(target.and_then(|place| Pointer::parse(place).get(root)));
        for keyword in ["oneOf", "anyOf", "allOf"] {
            open.extend(schema.get(keyword).and_then(Value::as_array).into_iter().flatten());
        }
    }
    found
}

/// The answer for a witness that the search found: the old schema accepts it, and all new ones refuse it. What the first of
/// these says is the message.
pub(super) fn witness(old: &Prepared<'_>, new: &[&Prepared<'_>], witness: Value) -> Inclusion {
    let unknown = |reason: String| Inclusion::Unknown { reason };
    let refuses: Result<Vec<_>, _> = new.iter().map(|new| new.validator_of(&witness)).collect();
    let (accepts, refuses) = match (old.validator_of(&witness), refuses) {
        (Ok(accepts), Ok(refuses)) => (accepts, refuses),
        (Err(error), _) | (_, Err(error)) => {
            return unknown(format!("a witness was found and cannot be checked: {error}"));
        }
    };
    let refusal = |value: &Value| -> Option<String> {
        let said: Option<Vec<String>> = refuses.iter().map(|refuses| refuses.refusal(value)).collect();
        said?.into_iter().next()
    };
    match (accepts.refusal(&witness), refusal(&witness)) {
        (None, Some(message)) => {
            let mut readable = witness.clone();
            let shows = |value: &Value| {
                accepts.accepts(value) && refuses.iter().all(|refuses| !refuses.accepts(value))
            };
            make_readable(&mut readable, old.document(), &shows);
            let message = refusal(&readable).unwrap_or(message);
            Inclusion::NotIncluded { witness: readable, message }
        }
        (Some(error), _) => unknown(format!(
            "the witness {witness} was found, and a validator says the first schema refuses it: {error}"
        )),
        (None, None) => unknown(format!(
            "the witness {witness} was found, and a validator says the second schema accepts it"
        )),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What is called tidy is the same tidied, and what is not is another.
    #[test]
    fn a_tidy_schema_stays_as_it_is() {
        for (schema, expected) in [
            (
                json!({"type": "object", "required": ["a"], "properties": {"required": {"type": "string"}}}),
                true,
            ),
            (
                json!({"properties": {"a": {"enum": [1, 2], "examples": ["x"], "$ref": "#/definitions/a"}}}),
                true,
            ),
            (
                json!({"const": {"required": true, "title": 3, "enum": [1, 1]}, "default": {"format": 1}}),
                true,
            ),
            (json!({"properties": {"title": {"type": "string"}, "format": true, "examples": {}}}), true),
            (json!({"oneOf": [{"required": true}]}), false),
            (json!({"properties": {"a": {"contentEncoding": "base64"}}}), false),
            (json!({"items": {"examples": "x"}}), false),
            (json!({"items": {"title": 3}}), false),
            (json!({"enum": [1, 1]}), false),
            (json!({"enum": [1, 1.0]}), false),
            (json!({"required": ["a", "a"]}), false),
            (json!({"allOf": [{"$ref": "#/definitions/a b"}]}), false),
        ] {
            assert_eq!(is_tidy(&schema, true), expected, "{schema}");
            assert_eq!(tidied(&schema, true) == schema, expected, "{schema}");
        }
    }
}
