//! Saved state from a file: a list of state messages, one message, messages among other lines, the bare legacy object,
//! or what Airbyte's API and web page print of a connection.
//!
//! A state may hold thousands of partitions for hundreds of streams. Its text is cut into pieces and only their shape
//! is kept; streams are read in parallel.

mod form;
mod shape;
mod stream;

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::sync::mpsc::channel;

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
    let mut messages = messages(text, document)?;
    keep_last(&mut messages);
    Ok(StateSample { document: document.clone(), messages })
}

/// Of several messages of one stream in a file the last is what was saved: the others were saved on the way.
pub(crate) fn keep_last(messages: &mut Vec<StateMessage>) {
    let mut seen = HashSet::new();
    let mut is_last: Vec<bool> = messages
        .iter()
        .rev()
        .map(|message| match message {
            StateMessage::Stream(stream) => seen.insert(stream.id.clone()),
            StateMessage::Global { .. } | StateMessage::Legacy { .. } => true,
        })
        .collect();
    messages.retain(|_| is_last.pop().unwrap_or(true));
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
        return list(text, document, &Pointer::root());
    }
    if !text.trim_start().starts_with('{') {
        if let Some(messages) = lines(text, document) {
            return messages;
        }
        json::parse(text).map_err(unreadable)?;
        let found = "expected a list of state messages or a legacy state object".to_owned();
        return Err(wrong(document, text, found));
    }
    let object = match RawObject::parse(text) {
        Ok(object) => object,
        Err(error) => match lines(text, document) {
            Some(messages) => return messages,
            None => return Err(unreadable(error)),
        },
    };
    // A connection's state as the API prints it.
    if object.has("stateType") || object.has("streamState") && !object.has("streamDescriptor") {
        let mut messages = Vec::new();
        if let Some(streams) = object.get("streamState").filter(|text| *text != "null") {
            messages.extend(list(streams, document, &Pointer::new(["streamState"]))?);
        }
        if let Some(text) = object.get("globalState").filter(|text| *text != "null") {
            messages.push(
                global(text, document, &Pointer::new(["globalState"]))
                    .map_err(|why| wrong(document, text, why))?,
            );
        }
        if let Some(legacy) = object.get("state").and_then(|text| RawObject::parse(text).ok()) {
            messages.push(StateMessage::Legacy {
                streams: by_name(&legacy, &Pointer::new(["state"])),
                is_message: true,
            });
        }
        return Ok(messages);
    }
    match object.text("type").as_deref() {
        Some("STATE" | "STREAM" | "GLOBAL" | "LEGACY") => {
            Ok(vec![message(text, document, &Pointer::root()).map_err(|why| wrong(document, text, why))?])
        }
        _ if object.has("streamDescriptor") => {
            Ok(vec![message(text, document, &Pointer::root()).map_err(|why| wrong(document, text, why))?])
        }
        _ => {
            Ok(vec![StateMessage::Legacy { streams: by_name(&object, &Pointer::root()), is_message: false }])
        }
    }
}

/// Messages one a line, as a connector prints them; `None` where the first line that looks like one is none. Other messages are skipped.
fn lines(text: &str, document: &Document) -> Option<Result<Vec<StateMessage>, InputError>> {
    let types = |line: &str| RawObject::parse(line).ok()?.text("type");
    let is_state = |kind: &str| kind == "STATE" || TYPES.contains(&kind);
    types(text.lines().find(|line| line.trim_start().starts_with('{'))?)?;
    let mut messages = Vec::new();
    for line in text.lines().filter(|line| line.trim_start().starts_with('{')) {
        match types(line) {
            Some(kind) if !is_state(&kind) => {}
            _ => match message(line, document, &Pointer::root()) {
                Ok(message) => messages.push(message),
                Err(why) => return Some(Err(wrong(document, line, why))),
            },
        }
    }
    Some(Ok(messages))
}

fn list(text: &str, document: &Document, pointer: &Pointer) -> Result<Vec<StateMessage>, InputError> {
    if !text.trim_start().starts_with('[') {
        let found = form::json_type_of(text.trim_start());
        return Err(wrong(document, text, format!("expected a list of states, found a {found}")));
    }
    // Cutting takes about as long as reading: messages are read while later ones are cut.
    let (sender, receiver) = channel();
    rayon::scope(|scope| {
        let mut count = 0;
        json::each_element(text, |item| {
            let (index, sender) = (count, sender.clone());
            count += 1;
            scope.spawn(move |_| {
                let read = message(item.get(), document, &pointer.join(index.to_string())).map_err(|why| {
                    wrong(document, item.get(), format!("state message {}: {why}", index + 1))
                });
                // Nobody stops listening before all is read.
                let _ = sender.send((index, read));
            });
        })
    })
    .map_err(|error| read::json_error(document, Some(Artifact::State), error))?;
    drop(sender);
    let mut read: Vec<(usize, Result<StateMessage, InputError>)> = receiver.into_iter().collect();
    // The first of several errors is told, whatever the number of threads.
    read.sort_by_key(|(index, _)| *index);
    read.into_iter().map(|(_, message)| message).collect()
}

/// The types of state messages, for what is written otherwise.
const TYPES: [&str; 3] = ["STREAM", "GLOBAL", "LEGACY"];

/// One AirbyteStateMessage, alone or in an AirbyteMessage.
///
/// # Errors
/// The text is none; the error says what was expected and what was found.
pub(crate) fn message(text: &str, document: &Document, pointer: &Pointer) -> Result<StateMessage, String> {
    let message = stream::read::<Message<'_>>(text)
        .ok_or("expected a message, found a text with half a character or a number that nobody can hold in a key or name")?;
    if !message.is_object {
        return Err(format!("expected an object with the key type, found a {}", form::json_type_of(text)));
    }
    match message.inner {
        Some(inner) if message.kind.as_deref() == Some("STATE") => {
            of_message(*inner, document, &pointer.join("state"))
        }
        _ => of_message(message, document, pointer),
    }
}

fn of_message(message: Message<'_>, document: &Document, pointer: &Pointer) -> Result<StateMessage, String> {
    let kind = message.kind.as_deref();
    let is = |name: &str| kind.is_none_or(|kind| kind == name);
    if let Some(kind) = kind.filter(|kind| !TYPES.contains(kind)) {
        return Err(format!("expected the type STREAM, GLOBAL or LEGACY, found {kind}"));
    }
    if let Some(payload) = message.stream.filter(|_| is("STREAM")) {
        let pointer = if payload.is_of_api { pointer.clone() } else { pointer.join("stream") };
        let state = stream_state(payload, document, &pointer);
        return state.map(StateMessage::Stream).ok_or_else(|| {
            "expected the name of a stream in stream.stream_descriptor.name, found none".to_owned()
        });
    }
    if let Some(text) = message.global.filter(|_| is("GLOBAL")) {
        return global(text, document, &pointer.join("global"));
    }
    let data = message.data.filter(|_| is("LEGACY")).and_then(|data| RawObject::parse(data).ok());
    match (data, kind) {
        (Some(data), _) => {
            Ok(StateMessage::Legacy { streams: by_name(&data, &pointer.join("data")), is_message: true })
        }
        (None, None) => Err(
            "expected a message with the type STREAM, GLOBAL or LEGACY, found an object without one: a legacy state \
             object stands alone, in no list"
                .to_owned(),
        ),
        (None, Some(kind)) => {
            let key = if kind == "LEGACY" { "data".to_owned() } else { kind.to_lowercase() };
            Err(format!("expected an object under {key}, as the type {kind} asks for, found none"))
        }
    }
}

fn global(text: &str, document: &Document, pointer: &Pointer) -> Result<StateMessage, String> {
    let found = |what: &str| format!("expected an object with stream_states, found {what}");
    let global = RawObject::parse(text).map_err(|_| found(&format!("a {}", form::json_type_of(text))))?;
    let either =
        |protocol: &str, api: &str| global.get(protocol).or(global.get(api)).filter(|text| *text != "null");
    let streams = match either("stream_states", "streamStates") {
        None => Vec::new(),
        Some(text) => json::elements(text)
            .map_err(|_| found("something else under that key"))?
            .par_iter()
            .enumerate()
            .map(|(index, text): (usize, &&RawValue)| {
                let payload = stream::read::<StreamPayload<'_>>(text.get())?;
                let key = if payload.is_of_api { "streamStates" } else { "stream_states" };
                stream_state(payload, document, &pointer.join(key).join(index.to_string()))
            })
            .collect::<Option<_>>()
            .ok_or(
                "expected the name of a stream in stream_descriptor.name of each state, found none in one",
            )?,
    };
    let keys = |text: &str| -> BTreeSet<String> {
        let object = RawObject::parse(text).unwrap_or_default();
        object.by_key().into_keys().map(str::to_owned).collect()
    };
    Ok(StateMessage::Global { shared: either("shared_state", "sharedState").map(keys), streams })
}

fn stream_state(payload: StreamPayload<'_>, document: &Document, pointer: &Pointer) -> Option<StreamState> {
    let descriptor = payload.descriptor?;
    Some(StreamState {
        id: StreamId { name: descriptor.text("name")?, namespace: descriptor.text("namespace") },
        // The place is that of the key, which stands after a quotation mark.
        offset: payload.key.and_then(|key| document.range_of(key)?.start.checked_sub(1)),
        saved: payload.state.map_or_else(|| shape::of("null"), |blob| shape::shape(blob, 0)),
        pointer: pointer.join(if payload.is_of_api { "streamState" } else { "stream_state" }),
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
                offset: None,
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
            offset: None,
            saved: shape::of(text),
            pointer: pointer.join(*name),
        })
        .collect()
}
