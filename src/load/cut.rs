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
use crate::model::{
    CapturedBody, Catalog, Document, DocumentEntry, DocumentFormat, DocumentStream, DocumentStreams,
    Portions, Stream, StreamBeside, StreamBody,
};

/// Streams are noted in portions of this many, so that memory is given back early.
const PORTION: usize = 2048;

/// The entries of an object as slices of its text, in their order.
#[derive(Debug)]
pub(super) struct CutObject<'t> {
    pub(super) entries: Vec<(Cow<'t, str>, &'t str)>,
    /// The elements of `streams`, where that is a list of objects with entries, in portions.
    pub(super) streams: Option<Portions>,
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

/// Cuts a document that may be much like that of another catalog, and notes the cut in it. Where both have the same bytes they
/// have the same values, so what is read is only what stands in no stream of the other. Where the two differ around their
/// streams nothing is noted, and the document is cut as any other.
pub(super) fn beside(document: &Document, other: &Catalog) {
    let Some(known) = other.document().filter(|_| document.format != DocumentFormat::Yaml) else { return };
    let Some(Some(entries)) = known.entries.get() else { return };
    let found = Beside { text: &document.text, known: &known.text, streams: &other.streams, entries }.cut();
    if let Some((entries, streams)) = found
        && document.entries.set(Some(entries)).is_ok()
        && document.cut_beside.set(known.clone()).is_ok()
        && let Ok(mut place) = document.streams.lock()
    {
        *place = Some(DocumentStreams::Beside(streams));
    }
}

/// A text beside one whose catalog is known.
struct Beside<'t> {
    text: &'t str,
    known: &'t str,
    streams: &'t [Stream],
    entries: &'t [DocumentEntry],
}

impl<'t> Beside<'t> {
    fn cut(&self) -> Option<(Vec<DocumentEntry>, Vec<StreamBeside>)> {
        let (bytes, known) = (self.text.as_bytes(), self.known.as_bytes());
        let first = printed(self.streams.first()?)?.range().start;
        // An element before it that could not be read is none of these streams, and stands here too.
        open_before(self.known, first, '[')?;
        let is_list = |entry: &DocumentEntry| entry.key == "streams" && entry.value.contains(&first);
        if !self.entries.iter().any(is_list) || bytes.get(..first)? != known.get(..first)? {
            return None;
        }
        let known_end = closed_behind(self.known, printed(self.streams.last()?)?.range().end, ']')?;
        let mut by_name: Option<HashMap<&str, usize>> = None;
        let mut streams: Vec<StreamBeside> = Vec::new();
        let (mut at, mut next) = (first, 0);
        let end = loop {
            let here = bytes.get(at..)?;
            let of_next = self.streams.get(next).and_then(printed);
            // A whole object is as long as its text says: the same bytes are the same object and no more.
            let behind = match of_next.filter(|known| here.starts_with(known.text().as_bytes())) {
                Some(known) => {
                    if !self.goes_on(streams.last_mut(), (next, known), at) {
                        streams.push(StreamBeside::Copies { start: at, of: next, count: 1 });
                    }
                    next += 1;
                    at + known.range().len()
                }
                None => {
                    let one = self.read(at)?;
                    // The next stream is what followed the one of this name.
                    let name = one.name().and_then(|name| text_of(&self.text[name]));
                    let is_next =
                        |name: &str| self.streams.get(next).is_some_and(|one| *one.id.name == *name);
                    next = match name.as_deref() {
                        Some(name) if is_next(name) => next + 1,
                        Some(name) => {
                            let places = by_name.get_or_insert_with(|| self.by_name());
                            places.get(name).map_or(next, |place| place + 1)
                        }
                        None => next,
                    };
                    streams.push(StreamBeside::Read(one));
                    one.range().end
                }
            };
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

    /// Adds a copy to those before it, if it stands behind them as it does in the other catalog.
    fn goes_on(
        &self,
        last: Option<&mut StreamBeside>,
        (place, known): (usize, &CapturedBody),
        at: usize,
    ) -> bool {
        let Some(StreamBeside::Copies { start, of, count }) = last else { return false };
        let first = self.streams.get(*of).and_then(printed);
        let distance = first.map(|first| known.range().start - first.range().start);
        let goes_on = *of + *count == place && distance == Some(at - *start);
        *count += usize::from(goes_on);
        goes_on
    }

    /// The stream that starts at a place.
    fn read(&self, at: usize) -> Option<DocumentStream> {
        let mut reader = serde_json::Deserializer::from_str(self.text.get(at..)?);
        let stream = OneStream { text: self.text }.deserialize(&mut reader).ok()?;
        (stream.range().start == at).then_some(stream)
    }

    fn by_name(&self) -> HashMap<&'t str, usize> {
        self.streams.iter().enumerate().map(|(place, stream)| (&*stream.id.name, place)).collect()
    }
}

/// A stream that is an element of a list as it stands.
fn printed(stream: &Stream) -> Option<&CapturedBody> {
    match &stream.body {
        StreamBody::Captured(captured) if !captured.configured => Some(captured),
        _ => None,
    }
}

/// The value of a JSON text, given with its quotation marks.
pub(super) fn text_of(json: &str) -> Option<Cow<'_, str>> {
    match json.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        // Between its quotation marks a text without escapes stands as it is.
        Some(inner) if memchr::memchr(b'\\', inner.as_bytes()).is_none() => Some(Cow::Borrowed(inner)),
        _ => serde_json::from_str::<String>(json).ok().map(Cow::Owned),
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
    type Value = (Portions, &'t str);

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'t> Visitor<'t> for Streams<'t> {
    type Value = (Portions, &'t str);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of streams")
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let text = self.text;
        let mut streams = Portions::new();
        while let Some(stream) = items.next_element_seed(OneStream { text })? {
            match streams.last_mut() {
                Some(portion) if portion.len() < PORTION => portion.push(stream),
                _ => streams.push(vec![stream]),
            }
        }
        let (first, last) =
            (streams.first().and_then(|all| all.first()), streams.last().and_then(|all| all.last()));
        let start = first.and_then(|first| open_before(text, first.range().start, '['));
        let end = last.and_then(|last| closed_behind(text, last.range().end, ']'));
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
    use std::sync::Arc;

    use super::*;
    use crate::load::captured;
    use crate::model::{InputError, StreamId};

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

    fn document(text: &str) -> Arc<Document> {
        let name = "catalog.json".to_owned();
        Arc::new(Document::new(name, String::new(), text.to_owned(), DocumentFormat::Json))
    }

    fn read(document: &Arc<Document>, beside: Option<&Catalog>) -> (Catalog, Vec<InputError>) {
        let mut errors = Vec::new();
        let read = captured::catalog(document, 0..document.text.len(), beside, &mut errors);
        (read.expect("a catalog"), errors)
    }

    fn catalog(document: &Arc<Document>, beside: Option<&Catalog>) -> Catalog {
        let (catalog, errors) = read(document, beside);
        assert_eq!(errors, []);
        catalog
    }

    fn noted(document: &Document) -> Option<DocumentStreams> {
        document.streams.lock().expect("nobody else").clone()
    }

    /// The place of the first in the other catalog, and how many there are, of each run of copies.
    fn copies(document: &Document) -> Vec<(usize, usize)> {
        let Some(DocumentStreams::Beside(streams)) = noted(document) else { return Vec::new() };
        let copies = streams.into_iter().filter_map(|stream| match stream {
            StreamBeside::Copies { of, count, .. } => Some((of, count)),
            StreamBeside::Read(_) => None,
        });
        copies.collect()
    }

    fn printed_streams(catalog: &Catalog) -> Vec<(&StreamId, usize, Range<usize>, bool)> {
        let of = |stream| printed(stream).map(|printed| (printed.range(), printed.is_of_api));
        let streams = catalog.streams.iter().filter_map(|stream| Some((stream, of(stream)?)));
        streams.map(|(stream, (range, is_of_api))| (&stream.id, stream.index, range, is_of_api)).collect()
    }

    /// The runs of copies in a catalog beside another. It is the catalog that reading it alone gives, and what is a copy has the
    /// text of that stream and of no other.
    fn copied_beside(text: &str, other: &Catalog) -> Vec<(usize, usize)> {
        let (short, long) = (document(text), document(text));
        beside(&short, other);
        let copies = copies(&short);
        let ((by_other, told), (alone, expected)) = (read(&short, Some(other)), read(&long, None));
        assert_eq!(told, expected, "{text}");
        assert_eq!(short.entries.get(), long.entries.get(), "{text}");
        assert_eq!(printed_streams(&by_other), printed_streams(&alone), "{text}");
        for was in &other.streams {
            for is in &by_other.streams {
                assert_eq!(Stream::is_one_text(was, is), was.text() == is.text(), "{text}");
            }
        }
        copies
    }

    /// A cut by the cut of another text is the one that reading all of it gives, or none, and what is a copy is one of the
    /// stream with the same bytes.
    #[test]
    fn what_is_cut_beside_another_is_cut_as_it_stands() {
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
            list(&[a.clone(), b.clone(), c.clone()]).replacen(" , ", ",", 1),
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
        let of_other = catalog(&other, None);
        let copied = [
            vec![(0, 3)],
            vec![(0, 1), (2, 1)],
            vec![(0, 1)],
            vec![(1, 1)],
            vec![(0, 1), (1, 2)],
            vec![],
            vec![(0, 1)],
            vec![(0, 3)],
            vec![(0, 1), (1, 2)],
        ];
        for text in &otherwise {
            let new = document(text);
            beside(&new, &of_other);
            assert!(new.entries.get().is_none() && noted(&new).is_none(), "{text}");
        }
        for (text, copied) in alike.iter().zip(copied) {
            assert_eq!(copied_beside(text, &of_other), copied, "{text}");
        }
    }

    /// What an old catalog holds that is no stream stands in no run of copies, and is told of the new one too.
    #[test]
    fn what_cannot_be_read_is_told_of_both_sides() {
        let (a, b, c) = ("{\"name\": \"a\"}", "{\"name\": \"b\"}", "{\"name\": \"c\"}");
        let unread = "{\"name\": 1}";
        let list = |streams: &[&str]| format!("{{\"streams\": [{}]}}", streams.join(", "));
        for (streams, copied) in [
            ([unread, a, b, c], vec![]),
            ([a, unread, b, c], vec![(0, 1), (1, 2)]),
            ([a, b, c, unread], vec![]),
        ] {
            let text = list(&streams);
            let (old, errors) = read(&document(&text), None);
            assert_eq!(errors.len(), 1, "{text}");
            assert_eq!(copied_beside(&text, &old), copied, "{text}");
            assert_eq!(copied_beside(&list(&[unread, b]), &old), [], "{text}");
        }
    }

    #[test]
    fn many_streams_are_read_portion_by_portion() {
        let count = 2 * PORTION + 1;
        let one = |index: usize| format!("{{\"name\": \"s{index}\"}}");
        let list = |streams: Vec<String>| document(&format!("{{\"streams\": [{}]}}", streams.join(", ")));
        let old = catalog(&list((0..count).map(one).collect()), None);
        // One that is gone, and in its place a new one and a twin.
        let places = (0..PORTION).chain([count, 7]).chain(PORTION + 1..count);
        let new = list(places.clone().map(one).collect());
        beside(&new, &old);
        // What follows the twin is looked for behind the first of that name, and read.
        assert_eq!(copies(&new), [(0, PORTION), (PORTION + 2, count - PORTION - 2)]);
        let new = catalog(&new, Some(&old));
        for (catalog, indexes) in [(&old, (0..count).collect::<Vec<_>>()), (&new, places.collect())] {
            let names = catalog.streams.iter().map(|stream| stream.id.name.to_string());
            assert!(names.eq(indexes.iter().map(|index| format!("s{index}"))));
            let texts = catalog.streams.iter().map(|stream| stream.text().map(str::to_owned));
            assert!(texts.eq(indexes.iter().map(|index| Some(one(*index)))));
            assert!(catalog.streams.iter().map(|stream| stream.index).eq(0..indexes.len()));
        }
        for (was, near) in old.streams.iter().zip(new.streams.array_windows::<3>()) {
            for is in near {
                assert_eq!(Stream::is_one_text(was, is), was.text() == is.text(), "{} and {}", was.id, is.id);
            }
        }
    }

    /// Nothing is copied from a configured catalog, or one that is wrapped.
    #[test]
    fn a_catalog_of_another_form_is_cut_by_itself() {
        let texts = [
            "{\"streams\": [{\"stream\": {\"name\": \"a\"}}, {\"stream\": {\"name\": \"b\"}}]}",
            "{\"catalog\": {\"streams\": [{\"name\": \"a\"}, {\"name\": \"b\"}]}}",
        ];
        for text in texts {
            let of_other = catalog(&document(text), None);
            let new = document(text);
            beside(&new, &of_other);
            assert!(new.entries.get().is_none(), "{text}");
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
