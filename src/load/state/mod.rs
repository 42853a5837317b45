//! Saved state from a file: a list of state messages, one message, messages among other lines, or the bare legacy
//! object.
//!
//! A state may hold thousands of partitions for hundreds of streams. Its text is cut into pieces and only their shape
//! is kept; streams are read in parallel.

mod form;
mod shape;

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::value::RawValue;

use super::json::{self, RawObject};
use super::{read, yaml};
use crate::model::{
    Artifact, Document, DocumentFormat, InputError, Pointer, StateMessage, StateSample, StreamId, StreamState,
};

/// Reads a file of saved state.
///
/// # Errors
/// The text is no JSON or YAML, or holds no state.
pub(crate) fn sample(document: &Arc<Document>) -> Result<StateSample, InputError> {
    // YAML is rare here and small: it is read as the JSON it means.
    let owned;
    let text = if document.format == DocumentFormat::Yaml {
        let value = yaml::parse(&document.text)
            .map_err(|error| read::yaml_error(document, Some(Artifact::State), error))?;
        owned = value.to_string();
        owned.as_str()
    } else {
        document.text.as_str()
    };
    let messages = messages(text, document)?;
    Ok(StateSample { document: document.clone(), messages })
}

fn wrong(document: &Document, piece: &str, message: String) -> InputError {
    InputError {
        artifact: Some(Artifact::State),
        file: document.file.clone(),
        line: document.range_of(piece).map(|range| document.position(range.start).line),
        message,
    }
}

fn messages(text: &str, document: &Document) -> Result<Vec<StateMessage>, InputError> {
    let unreadable = |error| read::json_error(document, Some(Artifact::State), error);
    if text.trim_start().starts_with('[') {
        let items = json::elements(text).map_err(unreadable)?;
        return items
            .par_iter()
            .enumerate()
            .map(|(index, item)| {
                let pointer = Pointer::new([index.to_string()]);
                match RawObject::parse(item.get()) {
                    Ok(object) if object.text("type").as_deref() == Some("STATE") => {
                        object.get("state").and_then(|state| message(state, &pointer.join("state")))
                    }
                    _ => message(item.get(), &pointer),
                }
                .ok_or_else(|| {
                    let found = "expected a state message of the type STREAM, GLOBAL or LEGACY";
                    wrong(document, item.get(), format!("{found} at position {}", index + 1))
                })
            })
            .collect();
    }
    if !text.trim_start().starts_with('{') {
        json::parse(text).map_err(unreadable)?;
        let found = "expected a list of state messages or a legacy state object".to_owned();
        return Err(wrong(document, text, found));
    }
    let object = RawObject::parse(text).map_err(unreadable)?;
    let of_its_type = |text: &str, pointer: &Pointer| {
        message(text, pointer)
            .ok_or_else(|| wrong(document, text, "expected a state message of the type it names".to_owned()))
    };
    match object.text("type").as_deref() {
        Some("STATE") => {
            let state = object
                .get("state")
                .ok_or_else(|| wrong(document, text, "expected a state in this STATE message".to_owned()))?;
            Ok(vec![of_its_type(state, &Pointer::new(["state"]))?])
        }
        Some("STREAM" | "GLOBAL" | "LEGACY") => Ok(vec![of_its_type(text, &Pointer::root())?]),
        _ => {
            Ok(vec![StateMessage::Legacy { streams: by_name(&object, &Pointer::root()), is_message: false }])
        }
    }
}

/// One AirbyteStateMessage; `None` where the text is none.
pub(crate) fn message(text: &str, pointer: &Pointer) -> Option<StateMessage> {
    let object = RawObject::parse(text).ok()?;
    let kind = object.text("type");
    let is = |name: &str| kind.as_deref().is_none_or(|kind| kind == name);
    if let Some(text) = object.get("stream").filter(|_| is("STREAM")) {
        return stream(text, pointer.join("stream")).map(StateMessage::Stream);
    }
    if let Some(text) = object.get("global").filter(|_| is("GLOBAL")) {
        let global = RawObject::parse(text).ok()?;
        let pointer = pointer.join("global");
        let streams = match global.get("stream_states") {
            None | Some("null") => Vec::new(),
            Some(text) => json::elements(text)
                .ok()?
                .par_iter()
                .enumerate()
                .map(|(index, text): (usize, &&RawValue)| {
                    stream(text.get(), pointer.join("stream_states").join(&index.to_string()))
                })
                .collect::<Option<_>>()?,
        };
        let keys = |text: &str| -> BTreeSet<String> {
            let object = RawObject::parse(text).unwrap_or_default();
            object.by_key().into_keys().map(str::to_owned).collect()
        };
        return Some(StateMessage::Global {
            shared: global.get("shared_state").filter(|text| *text != "null").map(keys),
            streams,
        });
    }
    let data = RawObject::parse(object.get("data")?).ok()?;
    Some(StateMessage::Legacy { streams: by_name(&data, &pointer.join("data")), is_message: true })
}

fn stream(text: &str, pointer: Pointer) -> Option<StreamState> {
    let object = RawObject::parse(text).ok()?;
    let descriptor = RawObject::parse(object.get("stream_descriptor")?).ok()?;
    Some(StreamState {
        id: StreamId { name: descriptor.text("name")?, namespace: descriptor.text("namespace") },
        saved: shape::of(object.get("stream_state").unwrap_or("null")),
        pointer: pointer.join("stream_state"),
    })
}

fn by_name(object: &RawObject<'_>, pointer: &Pointer) -> Vec<StreamState> {
    let entries: Vec<(&str, &str)> = object.by_key().into_iter().collect();
    entries
        .par_iter()
        .map(|(name, text)| StreamState {
            id: StreamId::named(*name),
            saved: shape::of(text),
            pointer: pointer.join(*name),
        })
        .collect()
}
