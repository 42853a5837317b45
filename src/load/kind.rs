//! What a file is, found from its content.

use serde_json::Value;
use serde_json::value::RawValue;

use super::json::RawObject;
use super::manifest::Manifest;

/// The kinds of file a side can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum FileKind {
    /// A ConnectorSpecification.
    Spec,
    /// An AirbyteCatalog.
    Catalog,
    /// A ConfiguredAirbyteCatalog.
    ConfiguredCatalog,
    /// Saved state: a list of state messages, or the bare legacy object.
    State,
    /// A low-code manifest.
    Manifest,
    /// `metadata.yaml`.
    Metadata,
    /// A registry entry: metadata with the spec embedded.
    Registry,
    /// Captured connector output: AirbyteMessages, one a line.
    Messages,
}

const MESSAGE_TYPES: [&str; 9] = [
    "RECORD",
    "STATE",
    "LOG",
    "SPEC",
    "CONNECTION_STATUS",
    "CATALOG",
    "TRACE",
    "CONTROL",
    "DESTINATION_CATALOG",
];

/// Whether an object is an AirbyteMessage.
pub(crate) fn is_message(object: &RawObject<'_>) -> bool {
    object.text("type").is_some_and(|name| MESSAGE_TYPES.contains(&name.as_str()))
}

/// The kind of a JSON object, from its keys alone, so that a large catalog is not parsed to find out.
pub(crate) fn of_object(object: &RawObject<'_>) -> Option<FileKind> {
    if object.has("connectionSpecification") {
        return Some(FileKind::Spec);
    }
    if let Some(streams) = object.get("streams")
        && object.text("type").as_deref() != Some("DeclarativeSource")
        && !object.has("check")
    {
        let first =
            super::json::elements(streams).ok().and_then(|items| items.first().map(|item| item.get()));
        let first_object = first.and_then(|first| RawObject::parse(first).ok());
        // What database sources kept in the legacy object.
        if first_object.is_some_and(|first| first.has("stream_name")) {
            return Some(FileKind::State);
        }
        let configured =
            first.and_then(|first| RawObject::parse(first).ok()).is_some_and(|first| first.has("stream"));
        return Some(if configured { FileKind::ConfiguredCatalog } else { FileKind::Catalog });
    }
    if is_message(object) {
        return Some(FileKind::Messages);
    }
    if object.has("dockerImageTag") || object.has("dockerRepository") {
        return Some(if object.has("spec") { FileKind::Registry } else { FileKind::Metadata });
    }
    let state_type = object.text("type");
    if matches!(state_type.as_deref(), Some("STREAM" | "GLOBAL" | "LEGACY"))
        || object.has("stateType")
        || object.has("streamDescriptor")
    {
        return Some(FileKind::State);
    }
    None
}

/// The kind of a parsed value, for YAML and for what [`of_object`] leaves open.
pub(crate) fn of_value(value: &Value) -> Option<FileKind> {
    match value {
        Value::Object(map) => {
            if map.contains_key("connectionSpecification") || map.contains_key("connection_specification") {
                Some(FileKind::Spec)
            } else if Manifest::is_manifest(value) {
                Some(FileKind::Manifest)
            } else if map.contains_key("metadataSpecVersion")
                || map.get("data").is_some_and(|data| data.get("dockerImageTag").is_some())
            {
                Some(FileKind::Metadata)
            } else if map.contains_key("dockerImageTag") {
                Some(if map.contains_key("spec") { FileKind::Registry } else { FileKind::Metadata })
            } else if map.get("streams").is_some_and(Value::is_array) {
                let configured = map["streams"].get(0).is_some_and(|first| first.get("stream").is_some());
                Some(if configured { FileKind::ConfiguredCatalog } else { FileKind::Catalog })
            } else {
                None
            }
        }
        _ => None,
    }
}

/// Whether a JSON array starts with a state message; a large one is not read to find out.
pub(crate) fn is_state_list(text: &str) -> bool {
    let Some(items) = text.trim_start().strip_prefix('[') else { return false };
    let first = serde_json::Deserializer::from_str(items).into_iter::<&RawValue>().next();
    let Some(Ok(first)) = first else { return false };
    let Ok(first) = RawObject::parse(first.get()) else { return false };
    let state = match first.text("type").as_deref() {
        Some("STATE") => first.get("state").and_then(|state| RawObject::parse(state).ok()),
        _ => Some(first),
    };
    state.is_some_and(|state| {
        matches!(state.text("type").as_deref(), Some("STREAM" | "GLOBAL" | "LEGACY"))
            || state.has("stream")
            || state.has("global")
            || state.has("streamDescriptor")
    })
}
