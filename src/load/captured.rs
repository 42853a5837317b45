//! What a connector printed: specs, catalogs and states, alone in a file or as messages among other lines.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::Value;
use serde_json::value::RawValue;

use super::json::{self, JsonError, RawObject};
use super::spec::{self, SpecPlace};
use super::{cut, kind, read, state};
use crate::limits::Limits;
use crate::model::{
    Artifact, CapturedBody, Catalog, ConfiguredStream, CoverageStatus, Document, DocumentStream,
    DocumentStreams, ErrorCause, InputError, JsonType, Operation, Operations, Pointer, Spec, StateMessage,
    StateSample, Stream, StreamBeside, StreamBody, StreamId,
};

/// Cuts a catalog into its streams without parsing them. Streams that cannot be read are left out and said. `beside` is the
/// catalog that the file was cut beside, if any.
///
/// # Errors
/// The text is no catalog at all.
pub(crate) fn catalog(
    document: &Arc<Document>,
    range: Range<usize>,
    beside: Option<&Catalog>,
    errors: &mut Vec<InputError>,
) -> Result<Catalog, InputError> {
    let text = &document.text[range.clone()];
    let fail = |error: JsonError, at: usize| catalog_error(document, at, &error);
    let (object, cut) = match range == (0..document.text.len()) {
        // Whoever asked what the file is has cut it.
        true => {
            let object = json::object(document).map_err(|error| fail(error, range.start))?;
            (object, document.streams.lock().ok().and_then(|mut streams| streams.take()))
        }
        false => with_streams(text).map_err(|error| fail(error, range.start))?,
    };
    let base = range.start;
    // Airbyte's API wraps the catalog of a source, and that of a connection.
    let wrapped = ["catalog", "syncCatalog"].into_iter().find_map(|key| Some((key, object.get(key)?)));
    let (object, cut, base, wrapper) = match wrapped.filter(|_| !object.has("streams")) {
        Some((key, text)) => {
            let (object, cut) = with_streams(text).map_err(|error| fail(error, range.start))?;
            (object, cut, document.range_of(text).map_or(base, |range| range.start), Some(key))
        }
        None => (object, cut, base, None),
    };
    let streams = object.get("streams").ok_or_else(|| InputError {
        cause: ErrorCause::Content,
        artifact: Some(Artifact::Catalog),
        file: document.file.clone(),
        line: Some(document.line(range.start)),
        message: "expected an AirbyteCatalog with the key streams".to_owned(),
    })?;
    let offset = document.range_of(streams).map_or(range.start, |range| range.start);
    if !streams.starts_with('[') {
        return Err(InputError {
            cause: ErrorCause::Content,
            artifact: Some(Artifact::Catalog),
            file: document.file.clone(),
            line: Some(document.line(offset)),
            message: format!(
                "expected `streams` to be a list, found {}",
                JsonType::of_text(streams).with_article()
            ),
        });
    }
    let mut catalog = Catalog {
        streams: Vec::with_capacity(cut.as_ref().map_or(0, DocumentStreams::count)),
        status: CoverageStatus::Complete,
        reasons: Vec::new(),
        captured: true,
        has_open_sets: false,
        open_sets: Vec::new(),
    };
    let is_discovered = wrapper == Some("catalog");
    let mut take = |stream: Result<Stream, InputError>| match stream {
        Ok(stream) => {
            if matches!(&stream.body, StreamBody::Captured(captured) if captured.configured)
                && catalog.status == CoverageStatus::Complete
            {
                catalog.status = CoverageStatus::Partial;
                let reason = "a configured catalog lists only what one connection syncs";
                catalog.reasons.push(reason.to_owned());
            }
            catalog.streams.push(stream);
        }
        Err(error) => errors.push(error),
    };
    let read = |(index, cut)| cut_stream(document, base, cut, index, is_discovered);
    match (cut, beside) {
        (Some(DocumentStreams::Alone(cut)), _) => {
            cut.into_iter().flatten().enumerate().map(read).for_each(&mut take);
        }
        (Some(DocumentStreams::Beside(cut)), Some(other)) => {
            let mut index = 0;
            for cut in cut {
                match cut {
                    StreamBeside::Read(cut) => {
                        take(read((index, cut)));
                        index += 1;
                    }
                    StreamBeside::Copies { start, of, count } => {
                        let known = other.streams.get(of..of + count).unwrap_or_default();
                        copies(document, start, known, index).map(Ok).for_each(&mut take);
                        index += count;
                    }
                }
            }
        }
        (None, _) | (Some(DocumentStreams::Beside(_)), None) => {
            let elements = json::elements(streams).map_err(|error| fail(error, offset))?;
            let read = |(index, element): (usize, &RawValue)| {
                captured_stream(document, element.get(), index, is_discovered)
            };
            elements.into_iter().enumerate().map(read).for_each(&mut take);
        }
    }
    Ok(catalog)
}

fn with_streams(text: &str) -> Result<(RawObject<'_>, Option<DocumentStreams>), JsonError> {
    let (object, streams) = json::object_with_streams(text)?;
    Ok((object, streams.map(DocumentStreams::Alone)))
}

/// A stream of which all that is needed was read when its catalog was cut; any other is read again.
fn cut_stream(
    document: &Arc<Document>,
    base: usize,
    cut: DocumentStream,
    index: usize,
    is_discovered: bool,
) -> Result<Stream, InputError> {
    let piece = |range: Range<usize>| document.text.get(base + range.start..base + range.end);
    let text = |range| Some(Arc::from(cut::text_of(piece(range)?)?));
    let name = cut.name().and_then(text);
    let namespace = match cut.namespace() {
        None => Some(None),
        Some(range) if piece(range.clone()) == Some("null") => Some(None),
        Some(range) => text(range).map(Some),
    };
    let range = base + cut.range().start..base + cut.range().end;
    let (Some(name), Some(namespace)) = (name, namespace) else {
        let text = document.text.get(range).unwrap_or_default();
        return captured_stream(document, text, index, is_discovered);
    };
    let form = Form { configured: false, is_of_api: cut.is_of_api };
    captured(document, StreamId { name, namespace }, index, range, form)
}

/// Streams that the other side printed in the same bytes, one behind the other. `start` is where the first of them stands, and
/// `index` its place in its own catalog.
fn copies<'c>(
    document: &'c Arc<Document>,
    start: usize,
    known: &'c [Stream],
    index: usize,
) -> impl Iterator<Item = Stream> + 'c {
    let printed = known.iter().filter_map(|stream| match &stream.body {
        StreamBody::Captured(captured) => Some((stream, captured)),
        // What is copied was printed.
        StreamBody::Derived(_) => None,
    });
    let first = printed.clone().next().map_or(0, |(_, first)| first.range().start);
    printed.zip(index..).map(move |((stream, captured), index)| {
        let start = start + (captured.range().start - first);
        let body = StreamBody::Captured(captured.copied(document.clone(), start, stream.index));
        Stream { id: stream.id.clone(), index, body }
    })
}

fn wrong_stream(document: &Document, start: usize, message: String) -> InputError {
    InputError {
        cause: ErrorCause::Content,
        artifact: Some(Artifact::Catalog),
        file: document.file.clone(),
        line: Some(document.line(start)),
        message,
    }
}

/// `is_discovered` is whether a stream that stands beside a configuration was printed by `discover` all the same.
fn captured_stream(
    document: &Arc<Document>,
    text: &str,
    index: usize,
    is_discovered: bool,
) -> Result<Stream, InputError> {
    let start = document.range_of(text).map_or(0, |range| range.start);
    let wrong = |message: String| wrong_stream(document, start, message);
    let mut text = text;
    let mut object =
        RawObject::parse(text).map_err(|_| wrong("expected a stream object in `streams`".to_owned()))?;
    let is_inside = object.has("stream") && !object.has("name");
    // What `discover` gives in the API stands beside a configuration, and not in one.
    let configured = is_inside && !(is_discovered && object.has("config"));
    if is_inside {
        text = object.get("stream").unwrap_or_default();
        object = RawObject::parse(text).map_err(|_| wrong("expected an object as `stream`".to_owned()))?;
    }
    let name = object.text("name").ok_or_else(|| wrong("expected a stream with a name (text)".to_owned()))?;
    let namespace = match object.get("namespace") {
        None | Some("null") => None,
        Some(_) => Some(
            object
                .text("namespace")
                .ok_or_else(|| wrong(format!("stream {name}: expected a text as namespace")))?,
        ),
    };
    let range = document.range_of(text).ok_or_else(|| wrong("a stream lies outside its file".to_owned()))?;
    let is_of_api = object.has("jsonSchema");
    let id = StreamId { name: name.into(), namespace: namespace.map(Into::into) };
    captured(document, id, index, range, Form { configured, is_of_api })
}

/// How a stream object is to be read.
#[derive(Clone, Copy)]
struct Form {
    configured: bool,
    is_of_api: bool,
}

fn captured(
    document: &Arc<Document>,
    id: StreamId,
    index: usize,
    range: Range<usize>,
    Form { configured, is_of_api }: Form,
) -> Result<Stream, InputError> {
    let start = range.start;
    match CapturedBody::new(document.clone(), range) {
        Some(mut body) => {
            (body.configured, body.is_of_api) = (configured, is_of_api);
            Ok(Stream { id, index, body: StreamBody::Captured(body) })
        }
        None => {
            let error = wrong_stream(document, start, format!("stream {id} is longer than 4 GiB"));
            Err(InputError { cause: ErrorCause::Limit, ..error })
        }
    }
}

fn catalog_error(document: &Document, offset: usize, error: &JsonError) -> InputError {
    InputError {
        cause: ErrorCause::Content,
        artifact: Some(Artifact::Catalog),
        file: document.file.clone(),
        line: Some(document.line(offset) + error.position.line - 1),
        message: error.message.clone(),
    }
}

/// The streams of a ConfiguredAirbyteCatalog.
///
/// # Errors
/// The file is no configured catalog.
pub(crate) fn configured_catalog(
    document: &Document,
    limits: &Limits,
) -> Result<Vec<ConfiguredStream>, InputError> {
    let value = read::value(document, Artifact::Catalog, limits)?;
    let wrong = |message: String| InputError {
        cause: ErrorCause::Content,
        artifact: Some(Artifact::Catalog),
        file: document.file.clone(),
        line: None,
        message,
    };
    let connection = value.get("syncCatalog").unwrap_or(&value);
    let streams = connection["streams"]
        .as_array()
        .ok_or_else(|| wrong("expected a ConfiguredAirbyteCatalog with the key streams".to_owned()))?;
    // Airbyte's API prints streams too that the connection does not sync.
    let is_left_out = |stream: &&Value| stream.pointer("/config/selected") == Some(&Value::Bool(false));
    streams
        .iter()
        .filter(|stream| !is_left_out(stream))
        .map(|stream| ConfiguredStream::parse(stream).map_err(|error| wrong(error.to_string())))
        .collect()
}

/// What captured output holds.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    pub(crate) spec: Option<Spec>,
    pub(crate) catalog: Option<Catalog>,
    pub(crate) state: Option<StateSample>,
    pub(crate) errors: Vec<InputError>,
    /// What the connector itself said went wrong.
    pub(crate) trace: Option<String>,
}

impl Messages {
    /// That the lines hold none of what was expected, and what the connector said instead.
    pub(crate) fn nothing_among_them(
        &self,
        document: &Document,
        artifact: Option<Artifact>,
        expected: &str,
    ) -> InputError {
        InputError {
            cause: ErrorCause::Content,
            artifact,
            file: document.file.clone(),
            line: None,
            message: match &self.trace {
                Some(trace) => format!("expected {expected}, found an error: {trace}"),
                None => format!("expected {expected} among the lines, found none"),
            },
        }
    }
}

/// Reads AirbyteMessages, one a line; the last spec and catalog win, and lines that are no message are skipped. A
/// line that starts as a message and cannot be read is an error: it may be the one that matters.
pub(crate) fn messages(document: &Arc<Document>) -> Messages {
    let lines: Vec<(usize, &str)> = if json::object(document).is_ok() {
        vec![(1, document.text.as_str())]
    } else {
        (1..).zip(document.text.lines()).collect()
    };
    let mut found = Messages::default();
    let mut states = state::LastMessages::default();
    // A sync prints a state message every few seconds: they are not all held at once.
    for lines in lines.chunks(state::AT_ONCE) {
        let printed: Vec<Printed> = lines
            .par_iter()
            .map(|(line, text)| (*line, text.trim()))
            .filter(|(_, text)| text.starts_with('{'))
            .filter_map(|(line, text)| printed(document, line, text))
            .collect();
        for one in printed {
            match one {
                Printed::Spec(spec) => found.spec = Some(*spec),
                Printed::Catalog(catalog, errors) => {
                    found.catalog = Some(catalog);
                    found.errors.extend(errors);
                }
                Printed::State(message) => states.push(*message),
                Printed::Trace(trace) => found.trace = Some(trace),
                Printed::Error(error) => found.errors.push(error),
            }
        }
    }
    let messages = states.into_messages();
    if !messages.is_empty() {
        found.state = Some(StateSample { document: document.clone(), messages, found_by_name: false });
    }
    found
}

/// The operations of a destination that activates data.
#[derive(Debug, Default)]
pub(crate) struct FoundOperations {
    pub(crate) operations: Option<Operations>,
    pub(crate) errors: Vec<InputError>,
}

/// Reads the last DestinationCatalog of a file: alone, or in DESTINATION_CATALOG messages.
pub(crate) fn operations(document: &Arc<Document>) -> FoundOperations {
    let is_catalog =
        |object: &RawObject<'_>| object.get("operations").is_some_and(|text| text.starts_with('['));
    let list = |message: &RawObject<'_>| {
        let is_one = message.text("type").as_deref() == Some("DESTINATION_CATALOG");
        let catalog = document.range_of(message.get("destination_catalog").filter(|_| is_one)?)?;
        let catalog = RawObject::parse(&document.text[catalog]).ok()?;
        document.range_of(catalog.get("operations")?)
    };
    let range = match json::object(document) {
        Ok(alone) if is_catalog(&alone) => alone.get("operations").and_then(|text| document.range_of(text)),
        Ok(alone) => list(&alone),
        Err(_) => {
            let messages = document.text.lines().map(str::trim).filter(|text| text.starts_with('{'));
            let messages = messages.filter(|text| text.contains("DESTINATION_CATALOG"));
            messages.filter_map(|text| list(&RawObject::parse(text).ok()?)).next_back()
        }
    };
    let text = range.map(|range| &document.text[range]);
    let Some(text) = text else { return FoundOperations::default() };
    let mut found = FoundOperations::default();
    let mut list = BTreeMap::new();
    let elements = match json::elements(text) {
        Ok(elements) => elements,
        Err(_) => {
            found.errors.push(InputError {
                cause: ErrorCause::Content,
                artifact: Some(Artifact::Destination),
                file: document.file.clone(),
                line: document.range_of(text).map(|range| document.line(range.start)),
                message: "expected a list of operations, found another value".to_owned(),
            });
            return found;
        }
    };
    for element in elements {
        let at = document.range_of(element.get()).map_or(0, |range| range.start);
        match operation(element.get(), at) {
            Some((key, operation)) => {
                list.insert(key, operation);
            }
            None => found.errors.push(InputError {
                cause: ErrorCause::Content,
                artifact: Some(Artifact::Destination),
                file: document.file.clone(),
                line: Some(document.line(at)),
                message:
                    "expected an operation with texts as `object_name` and `sync_mode` and a `json_schema`"
                        .to_owned(),
            }),
        }
    }
    found.operations =
        Some(Operations { document: document.clone(), is_whole: found.errors.is_empty(), list });
    found
}

fn operation(text: &str, at: usize) -> Option<((String, String), Operation)> {
    let value = json::parse(text).ok()?;
    let name = |key: &str| value[key].as_str().map(str::to_owned);
    let schema = value.get("json_schema").filter(|schema| schema.is_object())?;
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(|text| Some(text.as_str()?.to_owned())).collect()
    };
    let keys = value["matching_keys"].as_array().into_iter().flatten();
    let properties = schema["properties"].as_object().into_iter().flatten();
    let operation = Operation {
        matching_keys: keys.map(|key| texts(key).into_iter().collect()).collect(),
        required: texts(&schema["required"]).into_iter().collect(),
        properties: properties.map(|(name, schema)| (name.clone(), schema.clone())).collect(),
        others: schema.get("additionalProperties").cloned().unwrap_or(Value::Bool(true)),
        takes_others: schema.get("additionalProperties").is_some_and(|others| others != &Value::Bool(false)),
        definitions: ["definitions", "$defs"]
            .into_iter()
            .filter_map(|key| Some((key.to_owned(), schema.get(key)?.clone())))
            .collect(),
        at,
    };
    Some(((name("object_name")?, name("sync_mode")?), operation))
}

/// What one line of captured output says.
enum Printed {
    Spec(Box<Spec>),
    Catalog(Catalog, Vec<InputError>),
    State(Box<StateMessage>),
    /// What the connector said went wrong.
    Trace(String),
    Error(InputError),
}

/// What a line that is no JSON seems to be: by its type, or where that is cut off too, by a text in it.
fn seems(text: &str) -> Option<(String, Artifact)> {
    let by_type = |kind: &str| match kind {
        "SPEC" => Some(Artifact::Spec),
        "CATALOG" => Some(Artifact::Catalog),
        "STATE" | "STREAM" | "GLOBAL" | "LEGACY" => Some(Artifact::State),
        _ => None,
    };
    if let Some(kind) = kind::first_type(text) {
        return Some((format!("a {kind} message"), by_type(&kind)?));
    }
    let kind = ["SPEC", "CATALOG", "STATE", "STREAM", "GLOBAL", "LEGACY"]
        .into_iter()
        .find(|kind| text.contains(&format!("\"{kind}\"")));
    match kind {
        Some(kind) => Some((format!("a {kind} message"), by_type(kind)?)),
        None => ["\"stream_descriptor\"", "\"streamDescriptor\""]
            .iter()
            .any(|key| text.contains(key))
            .then(|| ("the state of a stream".to_owned(), Artifact::State)),
    }
}

/// Reads one line; `None` where it says nothing of interest.
fn printed(document: &Arc<Document>, line: usize, text: &str) -> Option<Printed> {
    let wrong = |artifact: Artifact, message: String| {
        Printed::Error(InputError {
            cause: ErrorCause::Content,
            artifact: Some(artifact),
            file: document.file.clone(),
            line: Some(line),
            message,
        })
    };
    let no_payload = |artifact: Artifact| {
        let kind = artifact.name().to_uppercase();
        Some(wrong(artifact, format!("a message of type {kind} has no readable payload")))
    };
    let range = |text: &str| document.range_of(text).unwrap_or_default();
    let object = match RawObject::parse(text) {
        Ok(object) => object,
        Err(error) => {
            let (what, artifact) = seems(text)?;
            return Some(wrong(artifact, format!("{what} cannot be read: {}", error.message)));
        }
    };
    let state = || match state::message(text, document, &Pointer::root()) {
        Ok(message) => Printed::State(Box::new(message)),
        Err(error) => Printed::Error(error),
    };
    if kind::is_bare_state_message(&object) {
        return Some(state());
    }
    match object.text("type")?.as_str() {
        "SPEC" => {
            let Some(text) = object.get("spec") else { return no_payload(Artifact::Spec) };
            let place = SpecPlace::part(document, range(text));
            Some(match json::parse(text) {
                Ok(value) => match spec::of_value(value, place) {
                    Ok(spec) => Printed::Spec(Box::new(spec)),
                    Err(error) => Printed::Error(error),
                },
                Err(error) => wrong(Artifact::Spec, error.message),
            })
        }
        "CATALOG" => {
            let Some(text) = object.get("catalog") else { return no_payload(Artifact::Catalog) };
            let mut errors = Vec::new();
            Some(match catalog(document, range(text), None, &mut errors) {
                Ok(catalog) => Printed::Catalog(catalog, errors),
                Err(error) => Printed::Error(error),
            })
        }
        "TRACE" => {
            let trace = json::parse(object.get("trace")?).ok()?;
            Some(Printed::Trace(trace["error"]["message"].as_str()?.to_owned()))
        }
        "STATE" => Some(state()),
        _ => None,
    }
}
