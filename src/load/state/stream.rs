//! Reading JSON piece by piece: a list of thousands of partitions is never held as values.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::cursor::Cursor;
use super::nested::Inside;
use super::partitions::Partitions;
use crate::load::json::{self, CowStr, JsonError};
use crate::model::JsonType;

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

    /// The JSON type of the value.
    fn json_type(&mut self, _json_type: JsonType) {}
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
        self.0.json_type(JsonType::Object);
        while let Some(CowStr(key)) = map.next_key()? {
            self.0.entry(key, &mut map)?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        self.0.json_type(JsonType::List);
        self.0.elements(list)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.0.json_type(JsonType::Boolean);
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.0.json_type(JsonType::Number);
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.0.json_type(JsonType::Number);
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.0.json_type(JsonType::Number);
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.0.json_type(JsonType::Text);
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.0.json_type(JsonType::Null);
        Ok(())
    }
}

/// A state blob: its entries as text, and what its partitions show.
#[derive(Default)]
pub(super) struct Blob<'de> {
    pub(super) entries: BTreeMap<Cow<'de, str>, &'de str>,
    pub(super) json_type: JsonType,
    /// The entry `states` is a list of partitions with their cursors; it is not among the entries.
    pub(super) states: bool,
    pub(super) cursor: Cursor,
    /// What lies inside the values of cursors.
    pub(super) inside: Inside,
    pub(super) partitions: Partitions,
}

impl<'de> Sink<'de> for Blob<'de> {
    fn entry<A: MapAccess<'de>>(&mut self, key: Cow<'de, str>, map: &mut A) -> Result<(), A::Error> {
        if key == "states" {
            // Of equal keys the last counts.
            (self.cursor, self.inside, self.partitions) = Default::default();
            let mut states = States { is_list: false, has_other: false, blob: self };
            map.next_value_seed(To(&mut states))?;
            self.states = states.is_list && !states.has_other;
            if !self.states {
                // No list of partitions: an entry like any other, of a form that nobody knows.
                (self.cursor, self.inside, self.partitions) = Default::default();
                self.entries.insert(key, "[]");
            }
        } else {
            let text: &'de RawValue = map.next_value()?;
            self.entries.insert(key, text.get());
        }
        Ok(())
    }

    fn json_type(&mut self, json_type: JsonType) {
        self.json_type = json_type;
    }
}

/// The list of partitions.
struct States<'s, 'de> {
    is_list: bool,
    /// An element is no partition with a cursor.
    has_other: bool,
    blob: &'s mut Blob<'de>,
}

impl<'de> Sink<'de> for States<'_, 'de> {
    fn elements<A: SeqAccess<'de>>(&mut self, mut list: A) -> Result<(), A::Error> {
        self.is_list = true;
        let Blob { cursor, inside, partitions, .. } = &mut *self.blob;
        let mut state = State { cursor, inside, partitions, has_cursor: true, has_partition: true };
        loop {
            // The CDK fails on a partition without either.
            self.has_other |= !(state.has_cursor && state.has_partition);
            (state.has_cursor, state.has_partition) = (false, false);
            if list.next_element_seed(To(&mut state))?.is_none() {
                return Ok(());
            }
        }
    }
}

/// One partition with its position.
struct State<'s> {
    cursor: &'s mut Cursor,
    inside: &'s mut Inside,
    partitions: &'s mut Partitions,
    has_cursor: bool,
    has_partition: bool,
}

impl<'de> Sink<'de> for State<'_> {
    fn entry<A: MapAccess<'de>>(&mut self, key: Cow<'de, str>, map: &mut A) -> Result<(), A::Error> {
        match key.as_ref() {
            "cursor" => {
                let mut position = Position { cursor: self.cursor, inside: self.inside, is_object: false };
                map.next_value_seed(To(&mut position))?;
                self.has_cursor = position.is_object;
                Ok(())
            }
            "partition" => {
                self.has_partition = true;
                self.partitions.next(map)
            }
            _ => map.next_value::<IgnoredAny>().map(drop),
        }
    }
}

/// The position of one partition.
struct Position<'s> {
    cursor: &'s mut Cursor,
    inside: &'s mut Inside,
    is_object: bool,
}

impl<'de> Sink<'de> for Position<'_> {
    fn entry<A: MapAccess<'de>>(&mut self, key: Cow<'de, str>, map: &mut A) -> Result<(), A::Error> {
        let text: &RawValue = map.next_value()?;
        // Markers of a full refresh are no positions.
        if !key.starts_with("__ab_") {
            self.cursor.position(&key, text.get());
            self.inside.of_key(&key, text.get());
        }
        Ok(())
    }

    fn json_type(&mut self, json_type: JsonType) {
        self.is_object = json_type == JsonType::Object;
    }
}

/// Reads a whole text into a sink.
///
/// # Errors
/// The text is no JSON.
pub(super) fn read_into<'de, S: Sink<'de>>(text: &'de str, sink: &mut S) -> Result<(), JsonError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    // A sink goes a few levels down and skips the rest.
    deserializer.disable_recursion_limit();
    To(sink)
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end())
        .map_err(|error| json::explain(text, &error))
}
