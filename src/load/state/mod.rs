//! Saved state from a file: a list of state messages, one message, messages among other lines, the bare legacy object,
//! or what Airbyte's API and web page print of a connection.
//!
//! A state may hold thousands of partitions for hundreds of streams. Of each stream only the shape of its state is kept;
//! streams are read in parallel.

mod cursor;
mod form;
mod message;
mod nested;
mod partitions;
mod shape;
mod stream;

use std::collections::HashSet;
use std::sync::Arc;

/// So many lines of captured output are read side by side.
pub(super) const AT_ONCE: usize = 4_096;

use super::json::{self, JsonError, RawObject};
use super::{kind, read, yaml};
use crate::limits::Limits;
use crate::model::{
    Artifact, Document, DocumentFormat, ErrorCause, InputError, JsonType, Pointer, SavedState, StateClass,
    StateMessage, StateSample, StreamId, StreamState,
};
use crate::nesting;
pub(super) use form::fold_digits;
use message::{Global, Legacy, LegacyStream, List, Message, States, StreamPayload, reading};
use shape::Unread;

/// Reads a file of saved state.
///
/// # Errors
/// The text is no JSON or YAML, or holds no state.
pub(crate) fn sample(document: &Arc<Document>, limits: &Limits) -> Result<StateSample, InputError> {
    // YAML is rare here and small: it is read as the JSON it means.
    let owned;
    let text = if document.format == DocumentFormat::Yaml {
        let value = yaml::parse(&document.text, limits)
            .map_err(|error| read::yaml_error(document, Some(Artifact::State), error))?;
        owned = value.to_string();
        owned.as_str()
    } else {
        document.text.as_str()
    };
    let mut messages = messages(text, document)?;
    keep_last(&mut messages);
    Ok(StateSample { document: document.clone(), messages, found_by_name: false })
}

/// Messages as they come; of each stream the last is kept.
#[derive(Default)]
pub(crate) struct LastMessages {
    messages: Vec<StateMessage>,
    /// How many there were when the others were last let go.
    kept: usize,
}

impl LastMessages {
    pub(crate) fn push(&mut self, message: StateMessage) {
        self.messages.push(message);
        // Often enough to hold few, and seldom enough to take no time.
        if self.messages.len() > 2 * self.kept + AT_ONCE {
            keep_last(&mut self.messages);
            self.kept = self.messages.len();
        }
    }

    pub(crate) fn into_messages(mut self) -> Vec<StateMessage> {
        keep_last(&mut self.messages);
        self.messages
    }
}

/// Of several messages in a file the last is what was saved, that of each stream where they are per stream: the others
/// were saved on the way.
fn keep_last(messages: &mut Vec<StateMessage>) {
    let (mut streams, mut global, mut legacy) = (HashSet::new(), false, false);
    let mut is_last: Vec<bool> = messages
        .iter()
        .rev()
        .map(|message| match message {
            StateMessage::Stream(stream) => streams.insert(stream.id.clone()),
            StateMessage::Global { .. } => !std::mem::replace(&mut global, true),
            StateMessage::Legacy { .. } => !std::mem::replace(&mut legacy, true),
        })
        .collect();
    messages.retain(|_| is_last.pop().unwrap_or(true));
}

fn wrong(document: &Document, piece: &str, message: String) -> InputError {
    InputError {
        cause: ErrorCause::Content,
        artifact: Some(Artifact::State),
        file: document.file.clone(),
        line: document.range_of(piece).map(|range| document.line(range.start)),
        message,
    }
}

fn messages(text: &str, document: &Document) -> Result<Vec<StateMessage>, InputError> {
    if text.trim_start().starts_with('[') {
        return list(text, document, &Pointer::root());
    }
    if kind::is_state_message(text)
        && let Ok((read, mut states)) = message::read::<Message<'_>>(text)
    {
        return of_message(read, &mut states, document, &Pointer::root())
            .map(|message| vec![message])
            .map_err(|why| why.at(document, text));
    }
    // YAML was read as another text.
    let is_whole = document.range_of(text).is_some();
    let object = if is_whole { json::object(document) } else { RawObject::parse(text) };
    let object = match object {
        Ok(object) => object,
        Err(error) => {
            if !text.trim_start().starts_with('{') && json::check(text).is_ok() {
                let found = "expected a list of state messages or a legacy state object".to_owned();
                return Err(wrong(document, text, found));
            }
            return Err(read::json_error(document, Some(Artifact::State), error));
        }
    };
    let one = || message(text, document, &Pointer::root()).map(|message| vec![message]);
    // A connection's state as the API prints it.
    if object.has("stateType") || object.has("streamState") && !object.has("streamDescriptor") {
        return of_connection(&object, document);
    }
    match object.text("type").as_deref() {
        Some("STATE") => one(),
        _ if kind::is_bare_state_message(&object) => one(),
        _ if kind::is_message(&object) => {
            let found = "expected a STATE message, found a message of another type".to_owned();
            Err(wrong(document, text, found))
        }
        _ => Ok(vec![legacy(&object, false, document, &Pointer::root())?]),
    }
}

fn of_connection(object: &RawObject<'_>, document: &Document) -> Result<Vec<StateMessage>, InputError> {
    let mut messages = Vec::new();
    if let Some(streams) = object.get("streamState").filter(|text| *text != "null") {
        messages.extend(list(streams, document, &Pointer::new(["streamState"]))?);
    }
    if let Some(text) = object.get("globalState").filter(|text| *text != "null") {
        let pointer = Pointer::new(["globalState"]);
        let (found, mut states) =
            message::read::<Global<'_>>(text).map_err(|error| json_error(document, text, error))?;
        let global = global(found, &mut states, document, &pointer).map_err(|why| why.at(document, text))?;
        messages.push(global);
    }
    if let Some(object) = object.get("state").and_then(|text| RawObject::parse(text).ok()) {
        messages.push(legacy(&object, true, document, &Pointer::new(["state"]))?);
    }
    Ok(messages)
}

/// A legacy object, in a message or bare.
fn legacy(
    object: &RawObject<'_>,
    is_message: bool,
    document: &Document,
    pointer: &Pointer,
) -> Result<StateMessage, InputError> {
    let (streams, mut states) = reading(|take| {
        let mut legacy = Legacy::default();
        object.entries().for_each(|(key, text)| legacy.add(key, text, take));
        legacy.streams(take)
    });
    let streams = legacy_streams(streams, &mut states, document, pointer);
    let streams = streams.map_err(|why| why.at(document, &document.text))?;
    Ok(StateMessage::Legacy { streams, is_message })
}

fn list(text: &str, document: &Document, pointer: &Pointer) -> Result<Vec<StateMessage>, InputError> {
    if !text.trim_start().starts_with('[') {
        let found = JsonType::of_text(text.trim_start()).with_article();
        return Err(wrong(document, text, format!("expected a list of states, found {found}")));
    }
    let (read, mut states) =
        message::read::<List<Message<'_>>>(text).map_err(|error| json_error(document, text, error))?;
    let messages = read.items.into_iter().enumerate().map(|(index, message)| {
        of_message(message, &mut states, document, &pointer.join(index.to_string()))
            .map_err(|why| (index, why))
    });
    messages.collect::<Result<_, _>>().map_err(|(index, why)| {
        let elements = json::elements(text).unwrap_or_default();
        let place = elements.get(index).map_or(text, |element| element.get());
        Wrong { why: format!("state message {}: {}", index + 1, why.why), ..why }.at(document, place)
    })
}

/// The types of state messages, for what is written otherwise.
const TYPES: [&str; 3] = ["STREAM", "GLOBAL", "LEGACY"];

/// Why something is no state, and the text that shows it where that is known.
struct Wrong<'t> {
    cause: ErrorCause,
    place: Option<&'t str>,
    why: String,
}

impl Wrong<'_> {
    /// `text` is where it is, if nothing nearer is known.
    fn at(self, document: &Document, text: &str) -> InputError {
        InputError { cause: self.cause, ..wrong(document, self.place.unwrap_or(text), self.why) }
    }
}

impl From<String> for Wrong<'_> {
    fn from(why: String) -> Self {
        Self { cause: ErrorCause::Content, place: None, why }
    }
}

/// A JSON error in a part of a document, whose lines are counted from where it starts.
fn json_error(document: &Document, text: &str, mut error: JsonError) -> InputError {
    let above = document.range_of(text).map_or(1, |range| document.line(range.start));
    error.position.line += above - 1;
    read::json_error(document, Some(Artifact::State), error)
}

/// One AirbyteStateMessage, alone or in an AirbyteMessage.
///
/// # Errors
/// The text is none; the error says what was expected and what was found.
pub(crate) fn message(
    text: &str,
    document: &Document,
    pointer: &Pointer,
) -> Result<StateMessage, InputError> {
    let (read, mut states) =
        message::read::<Message<'_>>(text).map_err(|error| json_error(document, text, error))?;
    of_message(read, &mut states, document, pointer).map_err(|why| why.at(document, text))
}

fn of_message<'t>(
    message: Message<'t>,
    states: &mut States,
    document: &Document,
    pointer: &Pointer,
) -> Result<StateMessage, Wrong<'t>> {
    let expected = |what: &str, found: JsonType| {
        Err(Wrong::from(format!("expected {what}, found {}", found.with_article())))
    };
    if message.json_type != JsonType::Object {
        return expected("an object with the key type", message.json_type);
    }
    if message.kind.as_deref() != Some("STATE") {
        return of_bare_message(message, states, document, pointer);
    }
    match message.inner {
        Some(inner) if inner.json_type == JsonType::Object => {
            of_bare_message(*inner, states, document, &pointer.join("state"))
        }
        Some(inner) => expected("an object under state, as the type STATE asks for", inner.json_type),
        None => {
            Err("expected an object under state, as the type STATE asks for, found none".to_owned().into())
        }
    }
}

fn of_bare_message<'t>(
    message: Message<'t>,
    states: &mut States,
    document: &Document,
    pointer: &Pointer,
) -> Result<StateMessage, Wrong<'t>> {
    let kind = message.kind.as_deref();
    let is = |name: &str| kind.is_none_or(|kind| kind == name);
    if let Some(kind) = kind.filter(|kind| !TYPES.contains(kind)) {
        // What is no name of a type may be anything.
        let is_name = kind.len() <= 40 && kind.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        let found = if is_name { kind } else { "another text" };
        return Err(format!("expected the type STREAM, GLOBAL or LEGACY, found {found}").into());
    }
    if let Some(payload) = message.stream.filter(|_| is("STREAM")) {
        let pointer = if payload.is_of_api { pointer.clone() } else { pointer.join("stream") };
        return match stream_state(payload, states, document, &pointer)? {
            Some(state) => Ok(StateMessage::Stream(Box::new(state))),
            None => Err("expected the name of a stream in stream.stream_descriptor.name, found none"
                .to_owned()
                .into()),
        };
    }
    if let Some(found) = message.global.filter(|_| is("GLOBAL")) {
        return global(found, states, document, &pointer.join("global"));
    }
    match (message.data.filter(|_| is("LEGACY")), kind) {
        (Some(data), _) => {
            let streams = legacy_streams(data, states, document, &pointer.join("data"))?;
            Ok(StateMessage::Legacy { streams, is_message: true })
        }
        (None, None) => Err(
            "expected a message with the type STREAM, GLOBAL or LEGACY, found an object without one: a legacy state \
             object stands alone, in no list"
                .to_owned()
                .into(),
        ),
        (None, Some(kind)) => {
            let key = if kind == "LEGACY" { "data".to_owned() } else { kind.to_lowercase() };
            Err(format!("expected an object under {key}, as the type {kind} asks for, found none").into())
        }
    }
}

fn global<'t>(
    found: Global<'t>,
    states: &mut States,
    document: &Document,
    pointer: &Pointer,
) -> Result<StateMessage, Wrong<'t>> {
    let wrong = |what: &str| Err(format!("expected an object with stream_states, found {what}").into());
    if found.json_type != JsonType::Object {
        return wrong(found.json_type.with_article());
    }
    if ![JsonType::List, JsonType::Null].contains(&found.streams.json_type) {
        return wrong("something else under that key");
    }
    let stream = |(index, payload): (usize, StreamPayload<'t>)| {
        let key = if payload.is_of_api { "streamStates" } else { "stream_states" };
        let place = payload.at;
        let pointer = pointer.join(key).join(index.to_string());
        stream_state(payload, states, document, &pointer)?.ok_or_else(|| Wrong {
            cause: ErrorCause::Content,
            place,
            why: format!(
                "expected the name of a stream in stream_descriptor.name of each state, found none in state {}",
                index + 1
            ),
        })
    };
    let streams =
        found.streams.items.into_iter().enumerate().map(stream).collect::<Result<_, Wrong<'t>>>()?;
    Ok(StateMessage::Global { shared: found.shared, streams })
}

/// The state of a stream; `None` where it has no name.
fn stream_state<'t>(
    payload: StreamPayload<'t>,
    states: &mut States,
    document: &Document,
    pointer: &Pointer,
) -> Result<Option<StreamState>, Wrong<'t>> {
    let id = payload.descriptor.and_then(|descriptor| {
        let namespace = descriptor.text("namespace").map(Into::into);
        Some(StreamId { name: descriptor.text("name")?.into(), namespace })
    });
    let Some(id) = id else { return Ok(None) };
    Ok(Some(StreamState {
        offset: place(payload.at, document),
        saved: match payload.state {
            None => SavedState::of(StateClass::Empty),
            Some(ticket) => states.get(ticket).map_err(|why| unreadable(why, &id, payload.at))?,
        },
        id,
        pointer: pointer.join(if payload.is_of_api { "streamState" } else { "stream_state" }),
    }))
}

/// The states of a legacy object.
fn legacy_streams<'t>(
    streams: Vec<LegacyStream<'t>>,
    states: &mut States,
    document: &Document,
    pointer: &Pointer,
) -> Result<Vec<StreamState>, Wrong<'t>> {
    let stream = |stream: LegacyStream<'t>| {
        Ok(StreamState {
            offset: place(stream.at, document),
            saved: states.get(stream.state).map_err(|why| unreadable(why, &stream.id, stream.at))?,
            id: stream.id,
            pointer: stream.path.into_iter().fold(pointer.clone(), |pointer, step| pointer.join(step)),
        })
    };
    streams.into_iter().map(stream).collect()
}

/// The place of a key, with its quotation mark, or of a value.
fn place(at: Option<&str>, document: &Document) -> Option<usize> {
    let start = document.range_of(at?)?.start;
    Some(start - usize::from(document.text[..start].ends_with('"')))
}

fn unreadable<'t>(unread: Unread, id: &StreamId, at: Option<&'t str>) -> Wrong<'t> {
    let (cause, why) = match unread {
        Unread::Text => (
            ErrorCause::Content,
            format!(
                "expected a state of the stream {id}, found a text with half a character or a number that nobody can \
                 hold"
            ),
        ),
        Unread::TooDeep => {
            (ErrorCause::Limit, nesting::exceeded(&format!("the values of the state of {id} nest deeper")))
        }
    };
    Wrong { cause, place: at, why }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// On one thread states are read on the way, and on more they are cut out first.
    #[test]
    fn a_state_is_the_same_on_one_thread_and_on_two() {
        let partitions =
            r#"{"states": [{"partition": {"board": "1"}, "cursor": {"updated": "2024-05-01"}}]}"#;
        let states = [
            partitions,
            r#"{"updated": "2024-05-01", "inside": {"a": [1, {"b": null}]}}"#,
            r#"{"states": {}, "updated": 1}"#,
            r#"[{"updated": "2024-05-01"}]"#,
            "null",
            "7",
            r#""half \ud800""#,
            r#"{"updated": 1e999}"#,
            r#"{"updated": "x""#,
        ];
        let stream = |key: &str, state: &str| {
            format!(r#"{{"stream_descriptor": {{"name": "users"}}, {key}: {state}, "more": 1}}"#)
        };
        let mut texts = Vec::new();
        for state in states {
            for key in [r#""stream_state""#, r#""stream\u005fstate""#] {
                let message = format!(r#"{{"type": "STREAM", "stream": {}}}"#, stream(key, state));
                let twice = stream(key, &format!(r#"{state}, {key}: {partitions}"#));
                texts.push(format!(r#"[{{"type": "STREAM", "stream": {twice}}}]"#));
                texts.push(format!(
                    r#"[{{"type": "GLOBAL", "global": {{"stream_states": [{}]}}}}]"#,
                    stream(key, state)
                ));
                texts.push(format!(r#"[{message}, {{"type": "LEGACY", "data": {{"users": {state}}}}}]"#));
                texts.push(format!(r#"{{"type": "STATE", "state": {message}}}"#));
            }
        }
        let on = |threads: usize, text: &str| {
            let document =
                Document::new("state.json".to_owned(), String::new(), text.to_owned(), DocumentFormat::Json);
            let threads = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            format!("{:?}", threads.install(|| sample(&Arc::new(document), &Limits::default())))
        };
        for text in texts {
            assert_eq!(on(1, &text), on(2, &text), "{text}");
        }
    }
}
