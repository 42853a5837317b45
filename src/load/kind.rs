//! What a file is, found from its content.

use std::cell::OnceCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::json::{self, CowStr, RawObject};
use super::manifest::Manifest;
use super::{read, registry, yaml};
use crate::limits::Limits;
use crate::model::{Document, DocumentFormat, InputError};

/// The kinds of file a side can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// A whole registry: entries of sources and destinations.
    WholeRegistry,
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

/// Whether a value is an AirbyteMessage: one by its type alone may be a record with such a column.
pub(crate) fn is_message_value(value: &serde_json::Map<String, Value>) -> bool {
    const BODIES: [&str; 9] = [
        "record",
        "state",
        "log",
        "spec",
        "connectionStatus",
        "catalog",
        "trace",
        "control",
        "destination_catalog",
    ];
    let is_type = value.get("type").and_then(Value::as_str).is_some_and(|name| MESSAGE_TYPES.contains(&name));
    let has_body = || BODIES.iter().any(|body| value.get(*body).is_some_and(Value::is_object));
    // The body may stand under a name that is none.
    let is_alone = || value.len() == 2 && value.values().any(Value::is_object);
    is_type && (has_body() || is_alone())
}

/// Whether an object is an AirbyteMessage.
pub(crate) fn is_message(object: &RawObject<'_>) -> bool {
    object.text("type").is_some_and(|name| MESSAGE_TYPES.contains(&name.as_str()))
}

/// Whether a line is a message, or a state message in none.
pub(crate) fn is_message_line(line: &str) -> bool {
    let line = line.trim();
    line.starts_with('{')
        && RawObject::parse(line).is_ok_and(|object| is_message(&object) || is_bare_state_message(&object))
}

/// Whether the first line of a text is an object of its own, and there is more.
pub(crate) fn is_one_object_a_line(text: &str) -> bool {
    // A catalog of 100 MB may be one line.
    memchr::memchr(b'\n', text.as_bytes())
        .map(|end| (&text[..end], &text[end + 1..]))
        .is_some_and(|(first, rest)| !rest.trim_start().is_empty() && RawObject::parse(first).is_ok())
}

/// Whether an object is an AirbyteStateMessage in no AirbyteMessage: in early ones the type is left out, and Airbyte's API
/// has none.
pub(crate) fn is_bare_state_message(object: &RawObject<'_>) -> bool {
    let holds = |key: &str, inner: &str| {
        object.get(key).is_some_and(|text| RawObject::parse(text).is_ok_and(|object| object.has(inner)))
    };
    match object.text("type").as_deref() {
        Some(kind) => ["STREAM", "GLOBAL", "LEGACY"].contains(&kind),
        None => {
            object.has("streamDescriptor")
                || holds("stream", "stream_descriptor")
                || holds("global", "stream_states")
                || is_legacy_message(object)
        }
    }
}

/// Whether an object has states of streams under `data` and nothing else.
fn is_legacy_message(object: &RawObject<'_>) -> bool {
    let mut entries = object.entries();
    let (Some((key, text)), None) = (entries.next(), entries.next()) else { return false };
    let is_state = |(_, text): (_, &str)| text.starts_with('{');
    key == "data" && RawObject::parse(text).is_ok_and(|streams| streams.entries().all(is_state))
}

/// The type that an object says first of all, as far as a text that may be cut goes.
pub(crate) fn first_type(text: &str) -> Option<String> {
    struct First(Option<String>);
    impl<'de> Visitor<'de> for &mut First {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a message")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while let Some(CowStr(key)) = map.next_key()? {
                if key == "type" {
                    self.0 = Some(map.next_value()?);
                } else {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            Ok(())
        }
    }
    let mut first = First(None);
    // What comes after it may be cut.
    let _ = serde_json::Deserializer::from_str(text).deserialize_map(&mut first);
    first.0
}

/// An object whose kind is asked for, with what several signs look at.
struct Look<'o, 't> {
    object: &'o RawObject<'t>,
    /// The first element of `streams`, where that is a list of objects; `None` inside where it is none.
    first_stream: OnceCell<Option<RawObject<'t>>>,
}

impl<'t> Look<'_, 't> {
    fn has(&self, key: &str) -> bool {
        self.object.has(key)
    }

    fn is_declarative(&self) -> bool {
        self.object.text("type").as_deref() == Some("DeclarativeSource")
    }

    /// Whether `streams` may be those of a catalog.
    fn has_streams(&self) -> bool {
        self.has("streams") && !self.is_declarative() && !self.has("check")
    }

    fn first_stream_has(&self, key: &str) -> bool {
        let first = self
            .first_stream
            .get_or_init(|| RawObject::parse(json::first_element(self.object.get("streams")?)?).ok());
        first.as_ref().is_some_and(|first| first.has(key))
    }

    fn is_list(&self, key: &str) -> bool {
        self.object.get(key).is_some_and(|text| text.starts_with('['))
    }

    /// Whether an object under a key has another key.
    fn wraps(&self, key: &str, inner: &str) -> bool {
        let object = self.object.get(key).and_then(|text| RawObject::parse(text).ok());
        object.is_some_and(|object| object.has(inner))
    }

    fn has_image(&self) -> bool {
        self.has("dockerImageTag") || self.has("dockerRepository")
    }
}

type Sign = for<'o, 't> fn(&Look<'o, 't>) -> bool;

/// What each kind of file is recognised by: the first sign that holds decides.
const SIGNS: [(FileKind, Sign); 14] = [
    (FileKind::Spec, |look| look.has("connectionSpecification")),
    // What database sources kept in the legacy object.
    (FileKind::State, |look| look.has_streams() && look.first_stream_has("stream_name")),
    (FileKind::ConfiguredCatalog, |look| look.has_streams() && look.first_stream_has("stream")),
    (FileKind::Catalog, |look| look.has_streams()),
    (FileKind::Messages, |look| is_message(look.object)),
    (FileKind::Registry, |look| look.has_image() && look.has("spec")),
    (FileKind::Metadata, |look| look.has_image()),
    (FileKind::State, |look| is_bare_state_message(look.object) || look.has("stateType")),
    (FileKind::Spec, |look| look.has("connection_specification")),
    (FileKind::Manifest, |look| {
        look.is_declarative()
            || look.has("check") && (look.is_list("streams") || look.is_list("dynamic_streams"))
    }),
    // What Airbyte's API prints of a source, of a connection and of a project in the builder.
    (FileKind::Catalog, |look| ["catalog", "syncCatalog"].iter().any(|key| look.wraps(key, "streams"))),
    (FileKind::Manifest, |look| look.wraps("declarativeManifest", "manifest")),
    (FileKind::Metadata, |look| {
        let data = look.object.get("data").and_then(|data| RawObject::parse(data).ok());
        look.has("metadataSpecVersion") || data.is_some_and(|data| data.has("dockerImageTag"))
    }),
    (FileKind::WholeRegistry, |look| {
        let lists = registry::LISTS.map(|(key, id)| look.object.get(key).map(|text| (text, id)));
        let has_entries = |(text, id)| {
            let first =
                json::elements(text).ok()?.first().and_then(|first| RawObject::parse(first.get()).ok())?;
            Some(first.has(id) || first.has("dockerRepository"))
        };
        lists.into_iter().flatten().any(|list| has_entries(list) == Some(true))
            || lists.into_iter().all(|list| {
                list.is_some_and(|(text, _)| json::elements(text).is_ok_and(|list| list.is_empty()))
            })
    }),
];

/// The kind of a JSON object, from its keys alone, so that a large catalog is not parsed to find out.
pub(crate) fn of_object(object: &RawObject<'_>) -> Option<FileKind> {
    let look = Look { object, first_stream: OnceCell::new() };
    SIGNS.iter().find(|(_, sign)| sign(&look)).map(|(kind, _)| *kind)
}

/// Whether a document is a catalog as Airbyte's API prints it: of a source, or of a connection, and not of a version.
pub(super) fn is_wrapped_catalog(document: &Document) -> bool {
    document.format != DocumentFormat::Yaml
        && json::object(document).is_ok_and(|object| {
            !object.has("streams")
                && !is_message(&object)
                && (object.has("catalog") || object.has("syncCatalog"))
        })
}

/// The kind of a document, without parsing a large JSON value for it.
///
/// # Errors
/// It is neither JSON nor YAML nor captured output, and its name says that it is.
pub(super) fn of_document(document: &Document, limits: &Limits) -> Result<Option<FileKind>, InputError> {
    if document.format == DocumentFormat::Yaml {
        let value = yaml::parse(&document.text, limits).map_err(|e| read::yaml_error(document, None, e))?;
        return Ok(of_value(&value));
    }
    let text = document.text.trim_start();
    let has_message = || text.lines().any(is_message_line);
    if is_one_object_a_line(text) && has_message() {
        return Ok(Some(FileKind::Messages));
    }
    if is_state_message(text) || is_state_list(text) {
        return Ok(Some(FileKind::State));
    }
    let whole = match text.starts_with('{') {
        true => json::object(document).map(|object| of_object(&object)),
        false => json::check(&document.text).map(|()| None),
    };
    match whole {
        Ok(kind) => Ok(kind),
        // A log, which may begin with anything.
        Err(_) if document.format == DocumentFormat::JsonLines || has_message() => {
            Ok(Some(FileKind::Messages))
        }
        Err(_) if document.format == DocumentFormat::Text => Ok(None),
        Err(error) => Err(read::json_error(document, None, error)),
    }
}

/// The kind of a parsed value, for YAML.
pub(crate) fn of_value(value: &Value) -> Option<FileKind> {
    match value {
        Value::Array(_) => is_state_list(&value.to_string()).then_some(FileKind::State),
        _ if Manifest::is_manifest(value) => Some(FileKind::Manifest),
        _ => {
            let text = value.to_string();
            let object = RawObject::parse(&text).ok()?;
            match of_object(&object) {
                // Nothing prints messages as YAML.
                Some(FileKind::Messages) => {
                    object.text("type").is_some_and(|kind| kind == "STATE").then_some(FileKind::State)
                }
                kind => kind,
            }
        }
    }
}

/// Whether a JSON array starts with a state message; no more of it is read than it takes to find out.
pub(crate) fn is_state_list(text: &str) -> bool {
    let Some(items) = text.trim_start().strip_prefix('[') else { return false };
    let mut peek = Peek::default();
    // It stops with an error where it has seen enough.
    let _ = (&mut peek).deserialize(&mut serde_json::Deserializer::from_str(items));
    peek.is_state
}

/// Whether a JSON object says first of all that it is a state message; no more of it is read.
pub(crate) fn is_state_message(text: &str) -> bool {
    let mut peek = Peek { first_key_only: true, ..Peek::default() };
    let _ = (&mut peek).deserialize(&mut serde_json::Deserializer::from_str(text));
    peek.is_state
}

/// Looks for what makes an object a state message.
#[derive(Default)]
struct Peek {
    is_state: bool,
    is_inside: bool,
    first_key_only: bool,
}

impl<'de> DeserializeSeed<'de> for &mut Peek {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut Peek {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a state message")
    }

    // A null where a message may stand; whatever else is there ends the look.
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(CowStr(key)) = map.next_key()? {
            match key.as_ref() {
                "type" => {
                    let text: &RawValue = map.next_value()?;
                    self.is_state = ["\"STREAM\"", "\"GLOBAL\"", "\"LEGACY\""].contains(&text.get());
                }
                _ if self.first_key_only => {}
                "stream" | "global" | "streamDescriptor" => self.is_state = true,
                "state" if !self.is_inside => {
                    self.is_inside = true;
                    map.next_value_seed(&mut *self)?;
                }
                _ => map.next_value::<IgnoredAny>().map(drop)?,
            }
            if self.is_state || self.first_key_only {
                return Err(A::Error::custom("enough"));
            }
        }
        Ok(())
    }
}
