//! A JSON object that may be a catalog, cut into its entries and the streams among them in one pass.
//!
//! Most of the time that a large catalog takes is spent on finding where its values end. So a pass that cuts the
//! outermost object cuts `streams` too, and reads of each stream no more than what names it. Whatever is not of the usual
//! form is left to the readers that say what is wrong with it.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::json::CowStr;
use crate::model::DocumentStream;

/// The entries of an object as slices of its text, in their order.
#[derive(Debug)]
pub(super) struct CutObject<'t> {
    pub(super) entries: Vec<(Cow<'t, str>, &'t str)>,
    /// The elements of `streams`, where that is a list of objects with entries.
    pub(super) streams: Option<Vec<DocumentStream>>,
}

/// Cuts a text that is an object; `None` where it is none, or `streams` in it is not a list of objects with entries.
pub(super) fn object(text: &str) -> Option<CutObject<'_>> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let object = Whole { text }.deserialize(&mut reader).ok()?;
    reader.end().ok()?;
    Some(object)
}

/// Where a piece of a text stands in it.
fn range_in(text: &str, piece: &str) -> Option<Range<usize>> {
    let start = (piece.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    let range = start..start + piece.len();
    text.get(range.clone()).is_some().then_some(range)
}

/// Where a bracket stands before a place that only blanks lie between.
fn open_before(text: &str, place: usize, bracket: char) -> Option<usize> {
    let before = text.get(..place)?.trim_end_matches(BLANKS);
    before.ends_with(bracket).then(|| before.len() - 1)
}

/// Where a bracket ends behind a place that only blanks lie between.
fn closed_behind(text: &str, place: usize, bracket: char) -> Option<usize> {
    let behind = text.get(place..)?.trim_start_matches(BLANKS);
    behind.starts_with(bracket).then(|| text.len() - behind.len() + 1)
}

/// What JSON takes for blank.
const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

struct Whole<'t> {
    text: &'t str,
}

impl<'t> DeserializeSeed<'t> for Whole<'t> {
    type Value = CutObject<'t>;

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'t> Visitor<'t> for Whole<'t> {
    type Value = CutObject<'t>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut cut = CutObject { entries: Vec::with_capacity(8), streams: None };
        while let Some(CowStr(key)) = map.next_key()? {
            let value = if key == "streams" {
                let (streams, value) = map.next_value_seed(Streams { text: self.text })?;
                cut.streams = Some(streams);
                value
            } else {
                map.next_value::<&RawValue>()?.get()
            };
            cut.entries.push((key, value));
        }
        Ok(cut)
    }
}

/// The elements of `streams`, and its text.
struct Streams<'t> {
    text: &'t str,
}

impl<'t> DeserializeSeed<'t> for Streams<'t> {
    type Value = (Vec<DocumentStream>, &'t str);

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'t> Visitor<'t> for Streams<'t> {
    type Value = (Vec<DocumentStream>, &'t str);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of streams")
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let text = self.text;
        let mut streams: Vec<DocumentStream> = Vec::new();
        while let Some(stream) = items.next_element_seed(OneStream { text })? {
            streams.push(stream);
        }
        let start = streams.first().and_then(|first| open_before(text, first.range.start, '['));
        let end = streams.last().and_then(|last| closed_behind(text, last.range.end, ']'));
        let value = start.zip(end).and_then(|(start, end)| text.get(start..end));
        value.map(|value| (streams, value)).ok_or_else(|| A::Error::custom("not of the usual form"))
    }
}

/// One element of `streams`.
struct OneStream<'t> {
    text: &'t str,
}

impl<'t> DeserializeSeed<'t> for OneStream<'t> {
    type Value = DocumentStream;

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'t> Visitor<'t> for OneStream<'t> {
    type Value = DocumentStream;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a stream")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let text = self.text;
        let irregular = || A::Error::custom("not of the usual form");
        let (mut start, mut end) = (None, None);
        let (mut name, mut namespace, mut is_of_api) = (None, None, false);
        while let Some(CowStr(key)) = map.next_key()? {
            if start.is_none() {
                let Cow::Borrowed(key) = &key else { return Err(irregular()) };
                // The quotation mark is no part of the key.
                let before = range_in(text, key).and_then(|range| range.start.checked_sub(1));
                start = Some(before.and_then(|at| open_before(text, at, '{')).ok_or_else(irregular)?);
            }
            let value = range_in(text, map.next_value::<&RawValue>()?.get()).ok_or_else(irregular)?;
            end = Some(value.end);
            match key.as_ref() {
                "name" => name = Some(value),
                "namespace" => namespace = Some(value),
                "jsonSchema" => is_of_api = true,
                _ => {}
            }
        }
        let end = end.and_then(|end| closed_behind(text, end, '}'));
        let (start, end) = start.zip(end).ok_or_else(irregular)?;
        Ok(DocumentStream { range: start..end, name, namespace, is_of_api })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_cut_where_they_stand() {
        let text = " {\"a\": [1], \"streams\" :\n[ { \"namespace\":null , \"name\": \"é\" } ,{\"name\":\"x\",\"name\":\"y\",\"jsonSchema\":{}\n} ]\n, \"b\": 2}\n";
        let cut = object(text).expect("an object");
        let entries: Vec<(&str, &str)> =
            cut.entries.iter().map(|(key, value)| (key.as_ref(), *value)).collect();
        let streams = &text[text.find("[ {").expect("a list")..=text.rfind(']').expect("its end")];
        assert_eq!(entries, [("a", "[1]"), ("streams", streams), ("b", "2")]);
        let pieces: Vec<(&str, Option<&str>, Option<&str>, bool)> = cut
            .streams
            .iter()
            .flatten()
            .map(|stream| {
                let piece = |range: &Option<Range<usize>>| range.clone().map(|range| &text[range]);
                (&text[stream.range.clone()], piece(&stream.name), piece(&stream.namespace), stream.is_of_api)
            })
            .collect();
        assert_eq!(
            pieces,
            [
                ("{ \"namespace\":null , \"name\": \"é\" }", Some("\"é\""), Some("null"), false),
                ("{\"name\":\"x\",\"name\":\"y\",\"jsonSchema\":{}\n}", Some("\"y\""), None, true),
            ]
        );
    }

    #[test]
    fn what_is_not_of_the_usual_form_is_left_to_others() {
        for text in [
            "",
            "[]",
            "{",
            "{} x",
            "{\"streams\": {}}",
            "{\"streams\": []}",
            "{\"streams\": [{}]}",
            "{\"streams\": [1]}",
            "{\"streams\": [{\"\\u006eame\": \"x\"}]}",
            "{\"streams\": [{\"name\": \"x\"}",
        ] {
            assert!(object(text).is_none(), "{text}");
        }
        assert!(object("{\"name\": \"x\"}").is_some_and(|cut| cut.streams.is_none()));
    }
}
