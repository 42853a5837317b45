//! A JSON object that may be a catalog, cut into its entries and the streams among them in one pass.
//!
//! Most of the time that a large catalog takes is spent on finding where its values end. So a pass that cuts the
//! outermost object cuts `streams` too, and reads of each stream no more than what names it. Whatever is not of the usual
//! form is left to the readers that say what is wrong with it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::json::CowStr;
use crate::model::{Document, DocumentEntry, DocumentStream};

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
pub(crate) fn range_in(text: &str, piece: &str) -> Option<Range<usize>> {
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

/// Cuts a document that may be much like another, whose cut is known, and notes the cut in it. Where both have the same
/// bytes they have the same values, so what is read is only what stands in no stream of the other. Where the two differ
/// around their streams nothing is noted, and the document is cut as any other.
pub(super) fn as_another(document: &Document, other: &Document) {
    let Ok(known) = other.streams.lock() else { return };
    let (Some(streams), Some(Some(entries))) = (known.as_deref(), other.entries.get()) else { return };
    let found = Another { text: &document.text, known: &other.text, streams, entries }.cut();
    if let Some((entries, streams)) = found
        && document.entries.set(Some(entries)).is_ok()
        && let Ok(mut place) = document.streams.lock()
    {
        *place = Some(streams);
    }
}

/// A text beside one whose cut is known.
struct Another<'t> {
    text: &'t str,
    known: &'t str,
    streams: &'t [DocumentStream],
    entries: &'t [DocumentEntry],
}

impl Another<'_> {
    fn cut(&self) -> Option<(Vec<DocumentEntry>, Vec<DocumentStream>)> {
        let (bytes, known) = (self.text.as_bytes(), self.known.as_bytes());
        let first = self.streams.first()?.range().start;
        if bytes.get(..first)? != known.get(..first)? {
            return None;
        }
        let known_end = closed_behind(self.known, self.streams.last()?.range().end, ']')?;
        let mut by_name: Option<HashMap<&str, usize>> = None;
        let mut streams: Vec<DocumentStream> = Vec::with_capacity(self.streams.len());
        let (mut at, mut next) = (first, 0);
        let end = loop {
            let here = bytes.get(at..)?;
            let same = self.streams.get(next).filter(|one| here.starts_with(&known[one.range()]));
            // A whole object is as long as its text says: the same bytes are the same object and no more.
            let stream = match same {
                Some(one) => {
                    next += 1;
                    one.at(at)
                }
                None => {
                    let one = self.read(at)?;
                    // The next stream is what followed the one of this name.
                    let name = one.name().map(|name| &self.text[name]);
                    let is_next =
                        |name: &str| self.streams.get(next).is_some_and(|one| self.name(one) == Some(name));
                    next = match name {
                        Some(name) if is_next(name) => next + 1,
                        Some(name) => {
                            let places = by_name.get_or_insert_with(|| self.by_name());
                            places.get(name).map_or(next, |place| place + 1)
                        }
                        None => next,
                    };
                    one
                }
            };
            let behind = stream.range().end;
            streams.push(stream);
            let rest = self.text.get(behind..)?.trim_start_matches(BLANKS);
            let place = self.text.len() - rest.len();
            match rest.as_bytes().first()? {
                b',' => {
                    let rest = self.text.get(place + 1..)?.trim_start_matches(BLANKS);
                    at = self.text.len() - rest.len();
                }
                b']' => break place + 1,
                _ => return None,
            }
        };
        if bytes.get(end..)? != known.get(known_end..)? {
            return None;
        }
        // What stands before the list and behind it is the same, and the latter elsewhere.
        let place = |place: usize| if place < known_end { place } else { place - known_end + end };
        let range = |range: &Range<usize>| match range.end == known_end {
            true => range.start..end,
            false => place(range.start)..place(range.end),
        };
        let entry = |entry: &DocumentEntry| DocumentEntry {
            key: entry.key.clone(),
            key_range: entry.key_range.as_ref().map(range),
            value: range(&entry.value),
        };
        Some((self.entries.iter().map(entry).collect(), streams))
    }

    /// The stream that starts at a place.
    fn read(&self, at: usize) -> Option<DocumentStream> {
        let mut reader = serde_json::Deserializer::from_str(self.text.get(at..)?);
        let stream = OneStream { text: self.text }.deserialize(&mut reader).ok()?;
        (stream.range().start == at).then_some(stream)
    }

    fn name(&self, stream: &DocumentStream) -> Option<&str> {
        self.known.get(stream.name()?)
    }

    fn by_name(&self) -> HashMap<&str, usize> {
        let named = self.streams.iter().enumerate();
        named.filter_map(|(place, stream)| Some((self.name(stream)?, place))).collect()
    }
}

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
        let start = streams.first().and_then(|first| open_before(text, first.range().start, '['));
        let end = streams.last().and_then(|last| closed_behind(text, last.range().end, ']'));
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
        DocumentStream::new(start..end, [name, namespace], is_of_api).ok_or_else(irregular)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::json;
    use crate::model::DocumentFormat;

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
                let piece = |range: Option<Range<usize>>| range.map(|range| &text[range]);
                (&text[stream.range()], piece(stream.name()), piece(stream.namespace()), stream.is_of_api)
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

    fn document(text: &str) -> Document {
        let name = "catalog.json".to_owned();
        Document::new(name, String::new(), text.to_owned(), DocumentFormat::Json).with_kept_streams(true)
    }

    type Noted = (Option<Vec<DocumentEntry>>, Option<Vec<DocumentStream>>);

    fn noted(document: &Document) -> Noted {
        let streams = document.streams.lock().expect("nobody else");
        (document.entries.get().cloned().flatten(), streams.clone())
    }

    /// A cut by the cut of another text is the one that reading all of it gives, or none.
    #[test]
    fn what_is_cut_as_another_is_cut_as_it_stands() {
        let one = |name: &str, more: &str| format!("{{\"name\": \"{name}\", \"namespace\": null{more}}}");
        let list =
            |streams: &[String]| format!("{{\"x\": 1, \"streams\": [{}], \"y\": [2]}}", streams.join(" , "));
        let (a, b, c) = (one("a", ""), one("b", ", \"jsonSchema\": {}"), one("c", ", \"z\": [{}]"));
        let longer = one("b", ", \"json_schema\": {\"type\": \"object\"}");
        let known = list(&[a.clone(), b.clone(), c.clone()]);
        let alike = [
            list(&[a.clone(), b.clone(), c.clone()]),
            list(&[a.clone(), longer.clone(), c.clone()]),
            list(&[a.clone(), c.clone()]),
            list(&[c.clone(), a.clone(), b.clone()]),
            list(&[a.clone(), one("new", ""), b.clone(), c.clone()]),
            list(std::slice::from_ref(&longer)),
            list(&[a.clone(), a.clone(), c.clone(), c.clone()]),
            list(&[a.clone(), b.clone(), c.clone()]).replace(" , ", ",\n\t"),
        ];
        let otherwise = [
            known.replace("\"x\": 1", "\"x\": 2"),
            known.replace("[2]", "[3]"),
            known.replace("\"b\"", "\"b"),
            known.replace(" , ", " ; "),
            known.replace("[{}]", "[{]"),
            known.replace("{\"name\": \"c\"", "3, {\"name\": \"c\""),
            known[..known.len() - 1].to_owned(),
            format!("{known}}}"),
            "{\"x\": 1, \"streams\": []}".to_owned(),
            "{\"x\": 1, \"streams\": [".to_owned(),
            String::new(),
        ];
        let other = document(&known);
        json::object(&other).expect("an object");
        for (text, is_alike) in
            alike.iter().map(|text| (text, true)).chain(otherwise.iter().map(|text| (text, false)))
        {
            let (short, long) = (document(text), document(text));
            as_another(&short, &other);
            assert_eq!(short.entries.get().is_some(), is_alike, "{text}");
            if is_alike {
                json::object(&long).expect("an object");
                assert_eq!(noted(&short), noted(&long), "{text}");
            }
        }
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
