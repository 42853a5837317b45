//! What an AirbyteStream object says, as the protocol spells it or as Airbyte's API does.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Fact, RecordSchema, StreamError, StreamId, StreamProperties, SyncMode, UndecidedFacts};

/// What Airbyte's API calls keys of a stream and of its configuration. Source: `AirbyteStream` and
/// `AirbyteStreamConfiguration` in the API's `config.yaml`.
const API_KEYS: [(&str, &str); 11] = [
    ("jsonSchema", "json_schema"),
    ("supportedSyncModes", "supported_sync_modes"),
    ("sourceDefinedCursor", "source_defined_cursor"),
    ("defaultCursorField", "default_cursor_field"),
    ("sourceDefinedPrimaryKey", "source_defined_primary_key"),
    ("isResumable", "is_resumable"),
    ("isFileBased", "is_file_based"),
    ("syncMode", "sync_mode"),
    ("destinationSyncMode", "destination_sync_mode"),
    ("cursorField", "cursor_field"),
    ("primaryKey", "primary_key"),
];

fn spell_as_protocol(object: &mut Map<String, Value>) {
    for (api, protocol) in API_KEYS {
        if let Some(value) = object.remove(api) {
            object.entry(protocol).or_insert(value);
        }
    }
}

/// What Airbyte's API calls a key of the protocol's stream.
pub(super) fn api_key(protocol: &str) -> Option<&'static str> {
    API_KEYS.iter().find(|(_, key)| *key == protocol).map(|(api, _)| *api)
}

/// What an AirbyteStream object says. `configured` is whether it stands in a configured catalog, which may leave its schema
/// out.
///
/// # Errors
/// The value is no AirbyteStream; the error says why.
pub(super) fn properties(value: Value, configured: bool) -> Result<StreamProperties, String> {
    let Value::Object(mut stream) = value else {
        return Err("expected an AirbyteStream object".to_owned());
    };
    spell_as_protocol(&mut stream);
    let modes = match stream.get("supported_sync_modes") {
        None | Some(Value::Null) => Fact::Unknown("the catalog does not say".to_owned()),
        Some(Value::Array(modes)) => {
            let modes: BTreeSet<SyncMode> = modes
                .iter()
                .map(|mode| match mode {
                    Value::String(name) => Ok(SyncMode::parse(name)),
                    other => Err(format!("supported_sync_modes: expected names, found {other}")),
                })
                .collect::<Result<_, _>>()?;
            Fact::Known(modes.into())
        }
        Some(other) => return Err(format!("supported_sync_modes: expected a list of names, found {other}")),
    };
    Ok(StreamProperties {
        supported_sync_modes: modes,
        source_defined_cursor: Fact::Known(flag(&stream, "source_defined_cursor")?),
        default_cursor_field: Fact::Known(path(stream.get("default_cursor_field"), "default_cursor_field")?),
        source_defined_primary_key: Fact::Known(paths(stream.get("source_defined_primary_key"))?),
        is_resumable: Fact::Known(flag(&stream, "is_resumable")?),
        is_file_based: Fact::Known(flag(&stream, "is_file_based")?),
        json_schema: match stream.remove("json_schema") {
            None | Some(Value::Null) if configured => {
                Fact::Unknown("the configured catalog leaves it out".to_owned())
            }
            None | Some(Value::Null) => {
                return Err("json_schema: expected a JSON schema, found none".to_owned());
            }
            Some(Value::Object(schema)) if configured && schema.is_empty() => {
                Fact::Unknown("a configured catalog often leaves the schema out".to_owned())
            }
            Some(schema @ (Value::Object(_) | Value::Bool(_))) => {
                Fact::Known(RecordSchema::inline(schema).into())
            }
            Some(other) => {
                return Err(format!("json_schema: expected a JSON schema, found {}", kind_of(&other)));
            }
        },
        state: None,
        handed_to: Vec::new(),
        records: None,
        undecided: UndecidedFacts::new(),
    })
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn flag(stream: &Map<String, Value>, key: &str) -> Result<bool, String> {
    match stream.get(key) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(other) => Err(format!("{key}: expected true or false, found {other}")),
    }
}

fn path(value: Option<&Value>, key: &str) -> Result<Vec<String>, String> {
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(names)) => names
            .iter()
            .map(|name| match name {
                Value::String(name) => Ok(name.clone()),
                other => Err(format!("{key}: expected field names, found {other}")),
            })
            .collect(),
        Some(other) => Err(format!("{key}: expected a list of field names, found {other}")),
    }
}

fn paths(value: Option<&Value>) -> Result<Vec<Vec<String>>, String> {
    const KEY: &str = "source_defined_primary_key";
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(paths)) => paths.iter().map(|one| path(Some(one), KEY)).collect(),
        Some(other) => Err(format!("{KEY}: expected a list of paths, found {other}")),
    }
}

/// A stream of a ConfiguredAirbyteCatalog: how one connection syncs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfiguredStream {
    /// The stream.
    pub id: StreamId,
    /// How it is read.
    pub sync_mode: SyncMode,
    /// How it is written, by the protocol's name.
    pub destination_sync_mode: String,
    /// The cursor the user chose.
    pub cursor_field: Vec<String>,
    /// The primary key the user chose.
    pub primary_key: Vec<Vec<String>>,
}

impl ConfiguredStream {
    /// Reads an element of a configured catalog's `streams`.
    ///
    /// # Errors
    /// It has no stream name, or a key or cursor that is not made of names.
    pub fn parse(value: &Value) -> Result<Self, StreamError> {
        Self::read(value).map_err(StreamError)
    }

    fn read(value: &Value) -> Result<Self, String> {
        let stream = &value["stream"];
        let mut config = value.as_object().cloned().unwrap_or_default();
        // Airbyte's API puts beside the stream what the protocol writes into the same object.
        if let Some(Value::Object(inner)) = config.remove("config") {
            config.extend(inner);
        }
        spell_as_protocol(&mut config);
        let text = |key: &str| config.get(key).and_then(Value::as_str);
        let name = stream["name"].as_str().ok_or("expected stream.name in a configured stream")?;
        Ok(Self {
            id: StreamId { name: name.into(), namespace: stream["namespace"].as_str().map(Into::into) },
            sync_mode: SyncMode::parse(text("sync_mode").unwrap_or("full_refresh")),
            destination_sync_mode: text("destination_sync_mode").unwrap_or("append").to_owned(),
            cursor_field: path(config.get("cursor_field"), "cursor_field")?,
            primary_key: paths(config.get("primary_key"))?,
        })
    }

    /// Whether the destination deduplicates by primary key.
    pub fn dedups(&self) -> bool {
        matches!(self.destination_sync_mode.as_str(), "append_dedup" | "overwrite_dedup")
    }
}
