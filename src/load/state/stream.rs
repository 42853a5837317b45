//! Reading state messages piece by piece, each byte once: a list of thousands of partitions is never held as values.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::shape::{Cursor, Partitions};
use crate::load::json::{CowStr, RawObject};

/// What to do with a JSON value, object or list; what is something else is skipped.
pub(super) trait Sink<'de>: Sized {
    /// Takes an entry of an object, and has to take its value.
    fn entry<A: MapAccess<'de>>(&mut self, _key: Cow<'de, str>, map: &mut A) -> Result<(), A::Error> {
        map.next_value::<IgnoredAny>().map(drop)
    }

    /// Takes the elements of a list.
    fn elements<A: SeqAccess<'de>>(&mut self, mut list: A) -> Result<(), A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    /// The value is an object.
    fn is_object(&mut self) {}

    /// The value is null.
    fn is_null(&mut self) {}
}

/// Hands a value to a sink.
pub(super) struct To<'s, S>(pub(super) &'s mut S);

impl<'de, S: Sink<'de>> DeserializeSeed<'de> for To<'_, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, S: Sink<'de>> Visitor<'de> for To<'_, S> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.0.is_object();
        while let Some(CowStr(key)) = map.next_key()? {
            self.0.entry(key, &mut map)?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        self.0.elements(list)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.0.is_null();
        Ok(())
    }
}

/// A state blob: its entries as text, and what its partitions show.
#[derive(Default)]
pub(super) struct Blob<'de> {
    pub(super) entries: BTreeMap<Cow<'de, str>, &'de str>,
    pub(super) is_object: bool,
    pub(super) is_null: bool,
    /// The entry `states` is a list; it is not among the entries.
    pub(super) states: bool,
    pub(super) cursor: Cursor,
    pub(super) partitions: Partitions,
}

impl<'de> Sink<'de> for Blob<'de> {
    fn entry<A: MapAccess<'de>>(&mut self, key: Cow<'de, str>, map: &mut A) -> Result<(), A::Error> {
        if key == "states" {
            // Of equal keys the last counts.
            (self.cursor, self.partitions) = Default::default();
            let mut states = States { is_list: false, blob: self };
            map.next_value_seed(To(&mut states))?;
            self.states = states.is_list;
            if !self.states {
                // No list of partitions: an entry like any other, of a form that nobody knows.
                self.entries.insert(key, "[]");
            }
        } else {
            let text: &'de RawValue = map.next_value()?;
            self.entries.insert(key, text.get());
        }
        Ok(())
    }

    fn is_object(&mut self) {
        self.is_object = true;
    }

    fn is_null(&mut self) {
        self.is_null = true;
    }
}

/// The list of partitions.
struct States<'s, 'de> {
    is_list: bool,
    blob: &'s mut Blob<'de>,
}

impl<'de> Sink<'de> for States<'_, 'de> {
    fn elements<A: SeqAccess<'de>>(&mut self, mut list: A) -> Result<(), A::Error> {
        self.is_list = true;
        let mut state = State { cursor: &mut self.blob.cursor, partitions: &mut self.blob.partitions };
        while list.next_element_seed(To(&mut state))?.is_some() {}
        Ok(())
    }
}

/// One partition with its position.
struct State<'s> {
    cursor: &'s mut Cursor,
    partitions: &'s mut Partitions,
}

impl<'de> Sink<'de> for State<'_> {
    fn entry<A: MapAccess<'de>>(&mut self, key: Cow<'de, str>, map: &mut A) -> Result<(), A::Error> {
        match key.as_ref() {
            "cursor" => map.next_value_seed(To(self.cursor)),
            "partition" => self.partitions.next(map),
            _ => map.next_value::<IgnoredAny>().map(drop),
        }
    }
}

impl<'de> Sink<'de> for Cursor {
    fn entry<A: MapAccess<'de>>(&mut self, key: Cow<'de, str>, map: &mut A) -> Result<(), A::Error> {
        let text: &RawValue = map.next_value()?;
        // Markers of a full refresh are no positions.
        if !text.get().starts_with('{') && !key.starts_with("__ab_") {
            self.position(&key, text.get());
        }
        Ok(())
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
    pub(super) global: Option<&'de str>,
    pub(super) data: Option<&'de str>,
    pub(super) is_object: bool,
    depth: usize,
}

/// What stands in `stream`.
#[derive(Default)]
pub(super) struct StreamPayload<'de> {
    pub(super) descriptor: Option<RawObject<'de>>,
    pub(super) state: Option<Blob<'de>>,
    /// The key that the state stands under, as it is written.
    pub(super) key: Option<&'de str>,
    /// Its keys are those of Airbyte's API.
    pub(super) is_of_api: bool,
    is_null: bool,
}

impl<'de> Sink<'de> for Message<'de> {
    fn entry<A: MapAccess<'de>>(&mut self, key: Cow<'de, str>, map: &mut A) -> Result<(), A::Error> {
        match key.as_ref() {
            "type" => {
                let text: &RawValue = map.next_value()?;
                self.kind = serde_json::from_str(text.get()).ok();
            }
            "state" if self.depth == 0 => {
                let mut inner = Message { depth: 1, ..Message::default() };
                map.next_value_seed(To(&mut inner))?;
                self.inner = Some(Box::new(inner));
            }
            "stream" => {
                let mut stream = StreamPayload::default();
                map.next_value_seed(To(&mut stream))?;
                self.stream = (!stream.is_null).then_some(stream);
            }
            "streamDescriptor" | "streamState" => {
                self.stream.get_or_insert_default().entry(key, map)?;
            }
            "global" => {
                self.global = Some(map.next_value::<&RawValue>()?.get()).filter(|text| *text != "null")
            }
            "data" => self.data = Some(map.next_value::<&RawValue>()?.get()).filter(|text| *text != "null"),
            _ => map.next_value::<IgnoredAny>().map(drop)?,
        }
        Ok(())
    }

    fn is_object(&mut self) {
        self.is_object = true;
    }
}

impl<'de> Sink<'de> for StreamPayload<'de> {
    fn entry<A: MapAccess<'de>>(&mut self, key: Cow<'de, str>, map: &mut A) -> Result<(), A::Error> {
        self.is_of_api |= key == "streamState";
        match key.as_ref() {
            "stream_descriptor" | "streamDescriptor" => {
                let text: &RawValue = map.next_value()?;
                self.descriptor = RawObject::parse(text.get()).ok();
            }
            "stream_state" | "streamState" => {
                let mut blob = Blob::default();
                map.next_value_seed(To(&mut blob))?;
                self.state = Some(blob);
                self.key = match key {
                    Cow::Borrowed(key) => Some(key),
                    Cow::Owned(_) => None,
                };
            }
            _ => map.next_value::<IgnoredAny>().map(drop)?,
        }
        Ok(())
    }

    fn is_null(&mut self) {
        self.is_null = true;
    }
}

/// Reads a whole text into a sink; `None` where it is no JSON.
pub(super) fn read<'de, S: Sink<'de> + Default>(text: &'de str) -> Option<S> {
    let mut sink = S::default();
    read_into(text, &mut sink)?;
    Some(sink)
}

/// Reads a whole text into a sink that is there; `None` where it is no JSON.
pub(super) fn read_into<'de, S: Sink<'de>>(text: &'de str, sink: &mut S) -> Option<()> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    To(sink).deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()
}
