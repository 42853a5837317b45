//! Saved state from a file: a list of state messages, one message, messages among other lines, or the bare legacy
//! object.
//!
//! A state may hold thousands of partitions for hundreds of streams. Its text is cut into pieces and only their shape
//! is kept; streams are read in parallel.

mod form;
mod shape;
mod stream;

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::value::RawValue;

use super::json::{self, RawObject};
use super::{read, yaml};
use crate::model::{
    Artifact, Document, DocumentFormat, InputError, Pointer, StateMessage, StateSample, StreamId, StreamState,
};
use stream::{Message, StreamPayload};

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
                message(item.get(), &Pointer::new([index.to_string()])).ok_or_else(|| {
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
    match object.text("type").as_deref() {
        Some("STATE" | "STREAM" | "GLOBAL" | "LEGACY") => {
            let found = "expected a state message of the type it names".to_owned();
            let message = message(text, &Pointer::root()).ok_or_else(|| wrong(document, text, found))?;
            Ok(vec![message])
        }
        _ => {
            Ok(vec![StateMessage::Legacy { streams: by_name(&object, &Pointer::root()), is_message: false }])
        }
    }
}

/// One AirbyteStateMessage, alone or in an AirbyteMessage; `None` where the text is none.
pub(crate) fn message(text: &str, pointer: &Pointer) -> Option<StateMessage> {
    let message = stream::read::<Message<'_>>(text)?;
    match message.inner {
        Some(inner) if message.kind.as_deref() == Some("STATE") => of_message(*inner, &pointer.join("state")),
        _ => of_message(message, pointer),
    }
}

fn of_message(message: Message<'_>, pointer: &Pointer) -> Option<StateMessage> {
    let kind = message.kind.as_deref();
    let is = |name: &str| kind.is_none_or(|kind| kind == name);
    if let Some(payload) = message.stream.filter(|_| is("STREAM")) {
        return stream_state(payload, &pointer.join("stream")).map(StateMessage::Stream);
    }
    if let Some(text) = message.global.filter(|_| is("GLOBAL")) {
        let global = RawObject::parse(text).ok()?;
        let pointer = pointer.join("global");
        let streams = match global.get("stream_states") {
            None | Some("null") => Vec::new(),
            Some(text) => json::elements(text)
                .ok()?
                .par_iter()
                .enumerate()
                .map(|(index, text): (usize, &&RawValue)| {
                    let payload = stream::read::<StreamPayload<'_>>(text.get())?;
                    stream_state(payload, &pointer.join("stream_states").join(index.to_string()))
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
    let data = RawObject::parse(message.data?).ok()?;
    Some(StateMessage::Legacy { streams: by_name(&data, &pointer.join("data")), is_message: true })
}

fn stream_state(payload: StreamPayload<'_>, pointer: &Pointer) -> Option<StreamState> {
    let descriptor = payload.descriptor?;
    Some(StreamState {
        id: StreamId { name: descriptor.text("name")?, namespace: descriptor.text("namespace") },
        saved: payload.state.map_or_else(|| shape::of("null"), |blob| shape::shape(blob, 0)),
        pointer: pointer.join("stream_state"),
    })
}

/// The states in one legacy object: by the name of the stream, or the list that database sources kept.
fn by_name(object: &RawObject<'_>, pointer: &Pointer) -> Vec<StreamState> {
    if let Some(streams) = object.get("streams").and_then(|text| json::elements(text).ok()) {
        let pointer = pointer.join("streams");
        let of_database = |(index, text): (usize, &&RawValue)| {
            let stream = RawObject::parse(text.get()).ok()?;
            Some(StreamState {
                id: StreamId {
                    name: stream.text("stream_name")?,
                    namespace: stream.text("stream_namespace"),
                },
                saved: shape::of(text.get()),
                pointer: pointer.join(index.to_string()),
            })
        };
        if let Some(streams) = streams.iter().enumerate().map(of_database).collect() {
            return streams;
        }
    }
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
