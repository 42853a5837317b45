//! What `releases` may hold, as the schema of connector metadata that Airbyte publishes says it.
//!
//! Source: `ConnectorMetadataDefinitionV0` (airbyte-connector-models 0.1.12), retold in `releases.schema.json`, and its
//! Pydantic model where that refuses more: a date without quotes is no text, and a web address has a host. The deadline is
//! left to [`mod@super::entry`], which tells a date from other values.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Draft, ValidationError, Validator};
use serde_json::Value;

use crate::model::Pointer;
use crate::suggest::nearest;

static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("releases.schema.json")).expect("the schema of this folder is JSON")
});

static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    jsonschema::options()
        .with_draft(Draft::Draft7)
        .should_validate_formats(true)
        .with_format("host-of-url", has_host)
        .build(&SCHEMA)
        .expect("the schema of this folder is a schema")
});

/// Whether a URL of a scheme that needs a host has one; what is no URL at all is refused as such. Pydantic reads URLs as
/// browsers do (WHATWG), for whom slashes before the host may be missing or too many.
fn has_host(url: &str) -> bool {
    const WITH_HOST: [&str; 5] = ["http", "https", "ftp", "ws", "wss"];
    let Some((scheme, rest)) = url.split_once(':') else { return true };
    if !WITH_HOST.iter().any(|known| known.eq_ignore_ascii_case(scheme)) {
        return true;
    }
    let rest = rest.trim_start_matches(['/', '\\']);
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    !host.is_empty() && !host.starts_with(':')
}

/// Something in `releases` that the schema refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// The keys that lead to it, from `releases` on and without `releases`.
    pub(super) path: Vec<String>,
    /// What is wrong there, to follow its name.
    pub(super) message: String,
}

/// What the schema refuses in `releases`; `dates` lead to what YAML reads as dates there.
pub(super) fn faults(releases: &Value, dates: &BTreeSet<Pointer>) -> Vec<Fault> {
    // Nothing in `releases` may be a number, so that a number is no more a text than a date is.
    let mut without_dates = releases.clone();
    for date in dates {
        if let Some(value) = without_dates.pointer_mut(&date.to_string()) {
            *value = Value::from(0);
        }
    }
    let told = |error: ValidationError<'_>| {
        let path = Pointer::parse(error.instance_path().as_str());
        let date = releases.pointer(&path.to_string()).filter(|_| dates.contains(&path));
        told(&error, &path, date)
    };
    VALIDATOR.iter_errors(&without_dates).flat_map(told).collect()
}

/// `date` is the value that an error is about, where YAML reads it as a date.
fn told(error: &ValidationError<'_>, path: &Pointer, date: Option<&Value>) -> Vec<Fault> {
    let path = path.segments().to_vec();
    let found = date.unwrap_or(error.instance());
    let here = |message: String| vec![Fault { path: path.clone(), message }];
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let known = known_keys(error);
            let unknown = |key: &String| {
                let hint = nearest(key, known.iter().map(String::as_str)).map_or_else(
                    || format!("expected one of {}", known.join(", ")),
                    |near| format!("did you mean {near}?"),
                );
                let at = path.iter().chain([key]).cloned().collect();
                Fault { path: at, message: format!("is a key that the schema does not know: {hint}") }
            };
            unexpected.iter().map(unknown).collect()
        }
        ValidationErrorKind::Required { property } => {
            here(format!("has no {}", property.as_str().unwrap_or_default()))
        }
        ValidationErrorKind::Type { kind: TypeKind::Single(expected) } => {
            let (kind, quotes) = match date {
                Some(_) => ("a date", ", between quotes"),
                None => (kind(found), ""),
            };
            let quotes = if expected.to_string() == "string" { quotes } else { "" };
            here(format!("is {kind}: expected {}{quotes}", article(&expected.to_string())))
        }
        ValidationErrorKind::Constant { expected_value } => {
            here(format!("is {}: expected {}", short(found), short(expected_value)))
        }
        ValidationErrorKind::Enum { options } => {
            let options: Vec<String> = options.as_array().into_iter().flatten().map(short).collect();
            here(format!("is {}: expected {}", short(found), options.join(" or ")))
        }
        ValidationErrorKind::PropertyNames { error } => {
            let key = error.instance().as_str().unwrap_or_default().to_owned();
            let message = "is no key of a release: expected a version such as 2.0.0".to_owned();
            vec![Fault { path: path.into_iter().chain([key]).collect(), message }]
        }
        ValidationErrorKind::MinItems { .. } | ValidationErrorKind::MinProperties { .. } => {
            here("is empty: expected one entry at least, or nothing at all".to_owned())
        }
        ValidationErrorKind::Format { .. } => {
            here(format!("is {}: expected a web address such as https://docs.airbyte.com", short(found)))
        }
        other => here(format!("is {}, which does not fit the schema: {other:?}", short(found))),
    }
}

/// The keys that the schema knows at the place of an error.
fn known_keys(error: &ValidationError<'_>) -> Vec<String> {
    let at = error.schema_path().as_str();
    let parent = at.rsplit_once('/').map_or("", |(parent, _)| parent);
    let properties = SCHEMA.pointer(parent).and_then(|schema| schema["properties"].as_object());
    properties.into_iter().flat_map(|properties| properties.keys().cloned()).collect()
}

fn article(kind: &str) -> String {
    match kind {
        "object" => "a mapping".to_owned(),
        "array" => "a list".to_owned(),
        "string" => "a text".to_owned(),
        "boolean" => "true or false".to_owned(),
        other => other.to_owned(),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "empty",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

/// A value as it is written, or its kind where that is long.
fn short(value: &Value) -> String {
    const LONGEST: usize = 60;
    match value {
        Value::String(text) if text.chars().count() <= LONGEST => text.clone(),
        Value::Null => "empty".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        other => kind(other).to_owned(),
    }
}
