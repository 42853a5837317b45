//! State messages: the walk that finds the state of each stream, which is read beside it.
//!
//! Finding where a state ends takes about half as long as reading it. The walk cuts it out as text and goes on while
//! another thread reads; where there is no other, it reads the state itself. An object that does not begin with its type is cut once more before, to find out what it is.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::channel;

use serde::de::{Error as _, IgnoredAny, MapAccess, SeqAccess};
use serde_json::value::RawValue;

use super::shape::{self, Unread};
use super::stream::{self, Blob, Sink, To};
use crate::load::json::{self, JsonError, RawObject};
use crate::model::{JsonType, KeyName, SavedState, StreamId};

/// What a walk comes upon.
pub(super) enum Met<'de> {
    /// The text of a state, to be read.
    Text(&'de str),
    /// A state that was read on the way.
    Read(Box<Result<SavedState, Unread>>),
}

/// Takes states in.
#[derive(Clone, Copy)]
pub(super) struct Take<'w, 'de> {
    take: &'w dyn Fn(Met<'de>) -> Ticket,
    /// Whether the walk reads states itself.
    on_the_way: bool,
}

impl<'de> Take<'_, 'de> {
    /// Hands the text of a state on to be read.
    fn text(self, text: &'de str) -> Ticket {
        (self.take)(Met::Text(text))
    }
}

/// Finds a state that was handed on among those that were read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ticket(usize);

/// The states that a walk handed on.
pub(super) struct States(Vec<Result<SavedState, Unread>>);

impl States {
    /// The state of a ticket. A ticket is good for one time.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn get(&mut self, ticket: Ticket) -> Result<SavedState, Unread> {
        let taken = Err(Unread::Text);
        self.0.get_mut(ticket.0).map_or(taken.clone(), |state| std::mem::replace(state, taken))
    }
}

/// Walks over messages while the states it hands on are read.
pub(super) fn reading<'de, T: Send>(walk: impl FnOnce(Take<'_, 'de>) -> T + Send) -> (T, States) {
    reading_by(false, walk)
}

fn reading_by<'de, T: Send>(on_the_way: bool, walk: impl FnOnce(Take<'_, 'de>) -> T + Send) -> (T, States) {
    let (sender, receiver) = channel();
    let walked = rayon::scope(|scope| {
        let count = Cell::new(0);
        let take = |met: Met<'de>| {
            let (ticket, sender) = (count.get(), sender.clone());
            count.set(ticket + 1);
            // Nobody stops listening before all is read.
            match met {
                Met::Text(text) => {
                    scope.spawn(move |_| drop(sender.send((ticket, shape::read(text)))));
                }
                Met::Read(state) => drop(sender.send((ticket, *state))),
            }
            Ticket(ticket)
        };
        walk(Take { take: &take, on_the_way })
    });
    drop(sender);
    let mut states: Vec<(usize, Result<SavedState, Unread>)> = receiver.into_iter().collect();
    states.sort_unstable_by_key(|(ticket, _)| *ticket);
    (walked, States(states.into_iter().map(|(_, state)| state).collect()))
}

/// Walks over a whole text.
///
/// # Errors
/// The text is no JSON.
pub(super) fn read<'de, T: Default + Send>(text: &'de str) -> Result<(T, States), JsonError>
where
    for<'w, 'm> Walk<'w, 'm, 'de, T>: Sink<'de>,
{
    let walk = |take: Take<'_, 'de>| {
        let mut found = T::default();
        stream::read_into(text, &mut Walk { take, to: &mut found }).map(|()| found)
    };
    if rayon::current_num_threads() == 1
        && let (Ok(found), states) = reading_by(true, walk)
    {
        return Ok((found, states));
    }
    let (found, states) = reading(walk);
    Ok((found?, states))
}

/// What a walk fills.
pub(super) struct Walk<'w, 'm, 'de, T> {
    pub(super) take: Take<'w, 'de>,
    pub(super) to: &'m mut T,
}

impl<'w, 'de, T> Walk<'w, '_, 'de, T> {
    /// Goes into the value of a key.
    fn value<A: MapAccess<'de>, U: Default>(&self, map: &mut A) -> Result<U, A::Error>
    where
        for<'u> Walk<'w, 'u, 'de, U>: Sink<'de>,
    {
        let mut found = U::default();
        map.next_value_seed(To(&mut Walk { take: self.take, to: &mut found }))?;
        Ok(found)
    }
}

/// The elements of a list.
pub(super) struct List<T> {
    pub(super) items: Vec<T>,
    pub(super) json_type: JsonType,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { items: Vec::new(), json_type: JsonType::Null }
    }
}

impl<'w, 'de, T: Default> Sink<'de> for Walk<'w, '_, 'de, List<T>>
where
    for<'u> Walk<'w, 'u, 'de, T>: Sink<'de>,
{
    fn elements<A: SeqAccess<'de>>(&mut self, mut list: A) -> Result<(), A::Error> {
        loop {
            let mut item = T::default();
            if list.next_element_seed(To(&mut Walk { take: self.take, to: &mut item }))?.is_none() {
                return Ok(());
            }
            self.to.items.push(item);
        }
    }

    fn json_type(&mut self, json_type: JsonType) {
        self.to.json_type = json_type;
    }
}

/// An AirbyteStateMessage, alone or in an AirbyteMessage of the type `STATE`; or one stream's state as Airbyte's API and
/// its web page write it.
#[derive(Default)]
pub(super) struct Message<'de> {
    pub(super) kind: Option<String>,
    /// What stands in `state`: the message itself, where the type is `STATE`.
    pub(super) inner: Option<Box<Message<'de>>>,
    pub(super) stream: Option<StreamPayload<'de>>,
    pub(super) global: Option<Global<'de>>,
    /// What stands in `data`, where that is an object.
    pub(super) data: Option<Vec<LegacyStream<'de>>>,
    pub(super) json_type: JsonType,
    is_inside: bool,
}

impl<'de> Sink<'de> for Walk<'_, '_, 'de, Message<'de>> {
    fn entry<A: MapAccess<'de>>(&mut self, key: Cow<'de, str>, map: &mut A) -> Result<(), A::Error> {
        match key.as_ref() {
            "type" => {
                let text: &RawValue = map.next_value()?;
                self.to.kind = serde_json::from_str(text.get()).ok();
            }
            "state" if !self.to.is_inside => {
                let mut inner = Message { is_inside: true, ..Message::default() };
                map.next_value_seed(To(&mut Walk { take: self.take, to: &mut inner }))?;
                self.to.inner = Some(Box::new(inner));
            }
            "stream" => {
                let stream = self.value::<_, StreamPayload<'de>>(map)?;
                self.to.stream = (stream.json_type != JsonType::Null).then_some(stream);
            }
            "streamDescriptor" | "streamState" => {
                let to = self.to.stream.get_or_insert_default();
                Walk { take: self.take, to }.entry(key, map)?;
            }
            "global" => {
                let global = self.value::<_, Global<'de>>(map)?;
                self.to.global = (global.json_type != JsonType::Null).then_some(global);
            }
            // Some connectors repeat the state of all streams there in each message of one stream.
            "data" if self.to.kind.as_deref().is_none_or(|kind| kind == "LEGACY") => {
                let data = self.value::<_, Legacy<'de>>(map)?;
                self.to.data = (data.json_type == JsonType::Object).then(|| data.streams(self.take));
            }
            _ => map.next_value::<IgnoredAny>().map(drop)?,
        }
        Ok(())
    }

    fn json_type(&mut self, json_type: JsonType) {
        self.to.json_type = json_type;
    }
}

/// What stands in `stream`.
#[derive(Default)]
pub(super) struct StreamPayload<'de> {
    pub(super) descriptor: Option<RawObject<'de>>,
    pub(super) state: Option<Ticket>,
    /// The key that the state stands under, as it is written, or the state itself.
    pub(super) at: Option<&'de str>,
    /// Its keys are those of Airbyte's API.
    pub(super) is_of_api: bool,
    json_type: JsonType,
}

impl<'de> Sink<'de> for Walk<'_, '_, 'de, StreamPayload<'de>> {
    fn entry<A: MapAccess<'de>>(&mut self, key: Cow<'de, str>, map: &mut A) -> Result<(), A::Error> {
        self.to.is_of_api |= key == "streamState";
        match key.as_ref() {
            "stream_descriptor" | "streamDescriptor" => {
                let text: &RawValue = map.next_value()?;
                self.to.descriptor = RawObject::parse(text.get()).ok();
            }
            "stream_state" | "streamState" => {
                if self.take.on_the_way {
                    let mut blob = Blob::default();
                    map.next_value_seed(To(&mut blob))?;
                    // What is unusual is cut out as text.
                    let unusual = || A::Error::custom("a list, or a key with escapes");
                    self.to.at = Some(borrowed(&key).ok_or_else(unusual)?);
                    let read = shape::of_blob(blob).ok_or_else(unusual)?;
                    self.to.state = Some((self.take.take)(Met::Read(Box::new(read))));
                } else {
                    let text: &'de RawValue = map.next_value()?;
                    self.to.state = Some(self.take.text(text.get()));
                    self.to.at = Some(borrowed(&key).unwrap_or(text.get()));
                }
            }
            _ => map.next_value::<IgnoredAny>().map(drop)?,
        }
        Ok(())
    }

    fn json_type(&mut self, json_type: JsonType) {
        self.to.json_type = json_type;
    }
}

/// A key as it stands in the text; `None` where it is written with escapes.
fn borrowed<'de>(key: &Cow<'de, str>) -> Option<&'de str> {
    match key {
        Cow::Borrowed(key) => Some(key),
        Cow::Owned(_) => None,
    }
}

/// What stands in `global`.
#[derive(Default)]
pub(super) struct Global<'de> {
    pub(super) streams: List<StreamPayload<'de>>,
    /// The keys of what the streams share, each by the way to it.
    pub(super) shared: Option<BTreeSet<Vec<KeyName>>>,
    pub(super) json_type: JsonType,
}

impl<'de> Sink<'de> for Walk<'_, '_, 'de, Global<'de>> {
    fn entry<A: MapAccess<'de>>(&mut self, key: Cow<'de, str>, map: &mut A) -> Result<(), A::Error> {
        match key.as_ref() {
            "stream_states" | "streamStates" => {
                self.to.streams = self.value::<_, List<StreamPayload<'de>>>(map)?;
            }
            "shared_state" | "sharedState" => {
                let text = map.next_value::<&RawValue>()?.get();
                self.to.shared = (text != "null").then(|| {
                    let mut keys = BTreeSet::new();
                    add_keys(text, &mut Vec::new(), &mut keys);
                    keys
                });
            }
            _ => map.next_value::<IgnoredAny>().map(drop)?,
        }
        Ok(())
    }

    fn json_type(&mut self, json_type: JsonType) {
        self.to.json_type = json_type;
    }
}

/// So deep keys of what streams share are told apart, and so many.
const DEEPEST_SHARED: usize = 6;
const MOST_SHARED: usize = 1_024;

/// Adds the keys of an object and of the objects in it. Wrappers are usual: what matters lies below them.
fn add_keys(text: &str, path: &mut Vec<KeyName>, keys: &mut BTreeSet<Vec<KeyName>>) {
    if path.len() >= DEEPEST_SHARED || !text.starts_with('{') {
        return;
    }
    let Ok(object) = RawObject::parse(text) else { return };
    for (key, value) in object.by_key() {
        if keys.len() >= MOST_SHARED {
            return;
        }
        path.push(KeyName::of(key));
        keys.insert(path.clone());
        add_keys(value, path, keys);
        path.pop();
    }
}

/// One stream's state in a legacy object.
pub(super) struct LegacyStream<'de> {
    pub(super) id: StreamId,
    pub(super) state: Ticket,
    /// The key that the state stands under, as it is written, or what stands in a list; `None` for an escaped key.
    pub(super) at: Option<&'de str>,
    /// The way to the state from the object.
    pub(super) path: Vec<String>,
}

/// The oldest form: one object, by the name of the stream, or with the list that database sources kept.
#[derive(Default)]
pub(super) struct Legacy<'de> {
    by_name: BTreeMap<Cow<'de, str>, Ticket>,
    /// What stands under `streams`, where that is a list.
    list: Option<(Cow<'de, str>, &'de str)>,
    json_type: JsonType,
}

impl<'de> Legacy<'de> {
    pub(super) fn add(&mut self, key: Cow<'de, str>, text: &'de str, take: Take<'_, 'de>) {
        if key == LIST {
            self.list = None;
            if text.starts_with('[') {
                self.by_name.remove(&key);
                self.list = Some((key, text));
                return;
            }
        }
        self.by_name.insert(key, take.text(text));
    }

    /// The states per stream.
    pub(super) fn streams(mut self, take: Take<'_, 'de>) -> Vec<LegacyStream<'de>> {
        if let Some((key, text)) = self.list {
            if let Some(streams) = of_database(text, take) {
                return streams;
            }
            // A stream of that name.
            self.by_name.insert(key, take.text(text));
        }
        let stream = |(key, state): (Cow<'de, str>, Ticket)| LegacyStream {
            id: StreamId::named(&*key),
            state,
            at: borrowed(&key),
            path: vec![key.into_owned()],
        };
        self.by_name.into_iter().map(stream).collect()
    }
}

/// The key of the list that database sources kept.
const LIST: &str = "streams";

fn of_database<'de>(text: &'de str, take: Take<'_, 'de>) -> Option<Vec<LegacyStream<'de>>> {
    let elements = json::elements(text).ok()?;
    let id = |element: &RawValue| {
        let stream = RawObject::parse(element.get()).ok()?;
        let namespace = stream.text("stream_namespace").map(Into::into);
        Some(StreamId { name: stream.text("stream_name")?.into(), namespace })
    };
    let ids: Vec<StreamId> = elements.iter().map(|element| id(element)).collect::<Option<_>>()?;
    let stream = |(index, (id, element)): (usize, (StreamId, &'de RawValue))| LegacyStream {
        id,
        state: take.text(element.get()),
        at: Some(element.get()),
        path: vec![LIST.to_owned(), index.to_string()],
    };
    Some(ids.into_iter().zip(elements).enumerate().map(stream).collect())
}

impl<'de> Sink<'de> for Walk<'_, '_, 'de, Legacy<'de>> {
    fn entry<A: MapAccess<'de>>(&mut self, key: Cow<'de, str>, map: &mut A) -> Result<(), A::Error> {
        let text: &'de RawValue = map.next_value()?;
        self.to.add(key, text.get(), self.take);
        Ok(())
    }

    fn json_type(&mut self, json_type: JsonType) {
        self.to.json_type = json_type;
    }
}
