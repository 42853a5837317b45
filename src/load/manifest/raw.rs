//! The values of a manifest as they are written, small: most of its mappings have a few keys, and the same keys and texts
//! stand in every stream. As JSON values they take 14 times the text.
//!
//! A value is found again by its number, and a number leads to the values around it: so it says where it was written.

use std::collections::HashMap;
use std::num::NonZeroU32;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use crate::limits::Limits;
use crate::load::{read, yaml};
use crate::model::{Artifact, Document, DocumentFormat, ErrorCause, InputError, Pointer, Position};

/// All values of one manifest.
#[derive(Debug)]
pub(crate) struct Raw {
    /// The root first. The values of a list or a mapping stand side by side, those of a mapping by their keys.
    values: Vec<Written>,
    /// Each key once.
    keys: Vec<Box<str>>,
    /// The values that hold no others, each text once.
    scalars: Vec<Value>,
}

/// One value, in few bytes.
#[derive(Debug, Clone, Copy)]
struct Written {
    /// The list or mapping it stands in; the root stands in itself.
    around: u32,
    /// Its key, or its index in a list.
    key: u32,
    /// From 1; 0 where it is not known.
    line: u32,
    column: u32,
    /// The first of the values that it holds, or its number among the scalars.
    first: u32,
    /// How many values it holds, with [`LIST`]; or [`SCALAR`].
    count: u32,
}

#[derive(Debug, Clone, Copy)]
enum Content {
    Scalar(u32),
    List { first: u32, count: u32 },
    Mapping { first: u32, count: u32 },
}

const SCALAR: u32 = u32::MAX;
const LIST: u32 = 1 << 31;

/// So many values a manifest may have, and so many bytes: what counts them has no more.
const MOST: u64 = (1 << 31) - 2;

impl Written {
    fn content(&self) -> Content {
        let Self { first, count, .. } = *self;
        match count {
            SCALAR => Content::Scalar(first),
            count if count & LIST != 0 => Content::List { first, count: count & !LIST },
            count => Content::Mapping { first, count },
        }
    }

    fn fill(&mut self, content: Content) {
        (self.first, self.count) = match content {
            Content::Scalar(scalar) => (scalar, SCALAR),
            Content::List { first, count } => (first, count | LIST),
            Content::Mapping { first, count } => (first, count),
        };
    }
}

/// A value of a manifest.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'m> {
    raw: &'m Raw,
    index: u32,
}

/// The number of a value among those of its manifest, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Number(NonZeroU32);

impl Number {
    pub(super) fn new(number: u32) -> Option<Self> {
        NonZeroU32::new(number).map(Self)
    }

    pub(super) fn get(self) -> u32 {
        self.0.get()
    }
}

impl Raw {
    /// Reads a manifest.
    ///
    /// # Errors
    /// The document cannot be read.
    pub(crate) fn read(document: &Document, limits: &Limits) -> Result<Self, InputError> {
        let bytes = document.text.len() as u64;
        if bytes > MOST {
            return Err(InputError {
                cause: ErrorCause::Limit,
                artifact: Some(Artifact::Catalog),
                file: document.file.clone(),
                line: None,
                message: format!("expected a manifest of at most {MOST} bytes, found {bytes}"),
            });
        }
        if document.format == DocumentFormat::Yaml {
            let limits = Limits { yaml_values: limits.yaml_values.min(MOST), ..*limits };
            let node = yaml::compose_bounded(&document.text, &limits)
                .map_err(|error| read::yaml_error(document, Some(Artifact::Catalog), error))?;
            return Ok(Self::of(Source::Yaml(&node), Some(node.position())));
        }
        Ok(Self::of(Source::Json(&read::value(document, Artifact::Catalog, limits)?), None))
    }

    fn of(root: Source<'_>, position: Option<Position>) -> Self {
        let raw = Self { values: Vec::new(), keys: Vec::new(), scalars: Vec::new() };
        let mut builder = Builder { raw, keys: HashMap::new(), texts: HashMap::new() };
        builder.push(0, 0, position);
        let mut open = vec![(0, root)];
        while let Some((index, source)) = open.pop() {
            builder.fill(index, source, &mut open);
        }
        let mut raw = builder.raw;
        raw.values.shrink_to_fit();
        raw.scalars.shrink_to_fit();
        raw
    }

    pub(super) fn root(&self) -> At<'_> {
        At { raw: self, index: 0 }
    }

    pub(super) fn at(&self, number: Number) -> At<'_> {
        At { raw: self, index: number.0.get() - 1 }
    }

    /// How many values there are, those that aliases repeat as often as they are read.
    pub(super) fn count(&self) -> u64 {
        self.values.len() as u64
    }

    /// Each key once.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| &**key)
    }

    /// Each text once, keys left out.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.scalars.iter().filter_map(Value::as_str)
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// What a manifest is made of.
#[derive(Debug, Clone, Copy)]
enum Source<'s> {
    Yaml(&'s yaml::Node),
    Json(&'s Value),
}

struct Builder<'s> {
    raw: Raw,
    keys: HashMap<&'s str, u32>,
    texts: HashMap<&'s str, u32>,
}

impl<'s> Builder<'s> {
    fn push(&mut self, around: u32, key: u32, position: Option<Position>) {
        let (line, column) = position.map_or((0, 0), |at| (number(at.line), number(at.column)));
        self.raw.values.push(Written { around, key, line, column, first: 0, count: 0 });
    }

    fn key(&mut self, key: &'s str) -> u32 {
        let keys = &mut self.raw.keys;
        *self.keys.entry(key).or_insert_with(|| {
            keys.push(key.into());
            number(keys.len() - 1)
        })
    }

    fn text(&mut self, text: &'s str) -> Content {
        let scalars = &mut self.raw.scalars;
        Content::Scalar(*self.texts.entry(text).or_insert_with(|| {
            scalars.push(text.into());
            number(scalars.len() - 1)
        }))
    }

    fn scalar(&mut self, value: Value) -> Content {
        self.raw.scalars.push(value);
        Content::Scalar(number(self.raw.scalars.len() - 1))
    }

    fn list(
        &mut self,
        index: u32,
        items: impl Iterator<Item = (Source<'s>, Option<Position>)>,
        open: &mut Vec<(u32, Source<'s>)>,
    ) -> Content {
        let first = number(self.raw.values.len());
        let mut count = 0;
        for (item, position) in items {
            open.push((number(self.raw.values.len()), item));
            self.push(index, count, position);
            count += 1;
        }
        Content::List { first, count }
    }

    /// Entries have to stand in the order of their keys.
    fn mapping(
        &mut self,
        index: u32,
        entries: impl Iterator<Item = (&'s str, Source<'s>, Option<Position>)>,
        open: &mut Vec<(u32, Source<'s>)>,
    ) -> Content {
        let first = number(self.raw.values.len());
        let mut count = 0;
        for (key, value, position) in entries {
            open.push((number(self.raw.values.len()), value));
            let key = self.key(key);
            self.push(index, key, position);
            count += 1;
        }
        Content::Mapping { first, count }
    }

    fn fill(&mut self, index: u32, source: Source<'s>, open: &mut Vec<(u32, Source<'s>)>) {
        let content = match source {
            Source::Yaml(node) => match &*node.content {
                yaml::Content::Scalar(yaml::Plain::Text(text)) => self.text(text),
                yaml::Content::Scalar(plain) => self.scalar(plain.to_value()),
                yaml::Content::Sequence(items) => {
                    let items = items.iter().map(|item| (Source::Yaml(item), Some(item.position())));
                    self.list(index, items, open)
                }
                yaml::Content::Mapping(mapping) => {
                    let mut entries: Vec<_> = mapping.entries.iter().collect();
                    entries.sort_unstable_by_key(|(key, ..)| key);
                    let entries = entries
                        .into_iter()
                        .map(|(key, place, value)| (&**key, Source::Yaml(value), Some((*place).into())));
                    self.mapping(index, entries, open)
                }
            },
            Source::Json(value) => match value {
                Value::String(text) => self.text(text),
                Value::Array(items) => {
                    self.list(index, items.iter().map(|item| (Source::Json(item), None)), open)
                }
                Value::Object(map) => {
                    let entries = map.iter().map(|(key, value)| (key.as_str(), Source::Json(value), None));
                    self.mapping(index, entries, open)
                }
                scalar => self.scalar(scalar.clone()),
            },
        };
        self.raw.values[index as usize].fill(content);
    }
}

impl<'m> At<'m> {
    fn written(self) -> &'m Written {
        &self.raw.values[self.index as usize]
    }

    pub(super) fn number(self) -> Number {
        Number(NonZeroU32::MIN.saturating_add(self.index))
    }

    /// A value that holds no others.
    pub(super) fn scalar(self) -> Option<&'m Value> {
        match self.written().content() {
            Content::Scalar(scalar) => self.raw.scalars.get(scalar as usize),
            _ => None,
        }
    }

    pub(super) fn as_str(self) -> Option<&'m str> {
        self.scalar()?.as_str()
    }

    pub(super) fn is_list(self) -> bool {
        matches!(self.written().content(), Content::List { .. })
    }

    pub(super) fn is_mapping(self) -> bool {
        matches!(self.written().content(), Content::Mapping { .. })
    }

    /// How many values it holds.
    pub(super) fn len(self) -> usize {
        match self.written().content() {
            Content::Scalar(_) => 0,
            Content::List { count, .. } | Content::Mapping { count, .. } => count as usize,
        }
    }

    /// The values of a list or a mapping.
    pub(super) fn children(self) -> impl Iterator<Item = At<'m>> {
        let (first, count) = match self.written().content() {
            Content::Scalar(_) => (0, 0),
            Content::List { first, count } | Content::Mapping { first, count } => (first, count),
        };
        (first..first + count).map(move |index| At { index, ..self })
    }

    /// The key of a value in a mapping.
    fn key(self) -> &'m str {
        self.raw.keys.get(self.written().key as usize).map_or("", |key| key)
    }

    /// The entries of a mapping, sorted by their keys; none for another value.
    pub(super) fn entries(self) -> impl Iterator<Item = (&'m str, At<'m>)> {
        self.is_mapping().then(|| self.children()).into_iter().flatten().map(|child| (child.key(), child))
    }

    /// The value of a key of a mapping.
    pub(super) fn get(self, key: &str) -> Option<At<'m>> {
        let Content::Mapping { first, count } = self.written().content() else { return None };
        let values = &self.raw.values[first as usize..(first + count) as usize];
        let key_of = |value: &Written| self.raw.keys.get(value.key as usize).map_or("", |key| &**key);
        let place = values.binary_search_by(|value| key_of(value).cmp(key)).ok()?;
        Some(At { index: first + number(place), ..self })
    }

    /// A value of a list.
    pub(super) fn item(self, index: usize) -> Option<At<'m>> {
        match self.written().content() {
            Content::List { first, count } if index < count as usize => {
                Some(At { index: first + number(index), ..self })
            }
            _ => None,
        }
    }

    /// The list or mapping that it stands in.
    pub(super) fn around(self) -> Option<At<'m>> {
        (self.index != 0).then(|| At { index: self.written().around, ..self })
    }

    pub(super) fn pointer(self) -> Pointer {
        let (mut at, mut segments) = (self, Vec::new());
        while let Some(around) = at.around() {
            segments.push(match around.is_list() {
                true => at.written().key.to_string(),
                false => at.key().to_owned(),
            });
            at = around;
        }
        segments.reverse();
        Pointer::new(segments)
    }

    /// Where it is written, by its key in a mapping; `None` where only the document can tell.
    pub(super) fn position(self) -> Option<Position> {
        let Written { line, column, .. } = *self.written();
        (line > 0).then_some(Position { line: line as usize, column: column as usize })
    }

    /// As JSON text.
    pub(super) fn json(self) -> String {
        // A value without keys that are no text can be written.
        serde_json::to_string(&self).unwrap_or_default()
    }
}

impl Serialize for At<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.scalar() {
            Some(scalar) => scalar.serialize(serializer),
            None if self.is_list() => serializer.collect_seq(self.children()),
            None => {
                let mut map = serializer.serialize_map(Some(self.len()))?;
                for (key, value) in self.entries() {
                    map.serialize_entry(key, &value)?;
                }
                map.end()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::load::position::{PositionRequest, positions};

    fn document(text: &str, format: DocumentFormat) -> Arc<Document> {
        Arc::new(Document::new("manifest".to_owned(), String::new(), text.to_owned(), format))
    }

    /// Every value, the root first.
    fn all(raw: &Raw) -> impl Iterator<Item = At<'_>> {
        (0..raw.values.len()).map(|index| At { raw, index: number(index) })
    }

    const YAML: &str = "version: 1\n\
        base: &base {a: 1, \"b\": 'true', c: true, no: ~}\n\
        list: &list [x, 1.5, 2024-01-01, [], {}, 18446744073709551615]\n\
        merged: {<<: *base, a: {deep: *list}}\n\
        twice:\n  - x: [*base]\n    x: one\n  - \u{e9}: \"two\u{85}lines\"\n\
        two: true\n";

    #[test]
    fn each_value_is_what_it_was_and_stands_where_it_is_written() {
        let document = document(YAML, DocumentFormat::Yaml);
        let raw = Raw::read(&document, &Limits::default()).expect("a manifest");
        let value = read::value(&document, Artifact::Catalog, &Limits::default()).expect("a manifest");
        assert_eq!(raw.root().json(), value.to_string());
        for at in all(&raw) {
            let pointer = at.pointer();
            assert_eq!(Some(at.json()), pointer.get(&value).map(Value::to_string), "{pointer}");
            let located = crate::model::Located::in_document(document.clone(), pointer.clone());
            let found = positions(&[PositionRequest::from(located)]);
            assert_eq!(found, [at.position()], "{pointer}");
            assert_eq!(raw.at(at.number()).index, at.index);
            for (key, child) in at.entries() {
                assert_eq!(at.get(key).map(At::number), Some(child.number()), "{pointer} {key}");
            }
            assert!(at.get("absent").is_none() && at.item(at.len()).is_none());
        }
        assert!(all(&raw).all(|at| at.position().is_some()));
        assert_eq!(raw.texts().filter(|text| *text == "x").count(), 1);
    }

    #[test]
    fn json_is_read_alike_and_its_places_are_left_to_the_document() {
        let text = r#"{"b": [1, -2, 0.5, {"c": null}], "a": {"b": "b"}, "": ""}"#;
        let raw = Raw::read(&document(text, DocumentFormat::Json), &Limits::default()).expect("a manifest");
        let value: Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(raw.root().json(), value.to_string());
        assert!(all(&raw).all(|at| at.position().is_none()));
        assert!(all(&raw).all(|at| at.pointer().get(&value).map(Value::to_string) == Some(at.json())));
    }

    #[test]
    fn aliases_count_as_often_as_they_are_read() {
        let text = "a: &a [1, 2, 3]\nb: [*a, *a, *a]\n";
        let limits = Limits { yaml_values: 8, ..Limits::default() };
        let document = document(text, DocumentFormat::Yaml);
        assert_eq!(Raw::read(&document, &Limits::default()).expect("a manifest").count(), 18);
        let refused = Raw::read(&document, &limits).expect_err("too many");
        assert!(refused.cause == ErrorCause::Limit && refused.message.contains("yaml-values=8"));
        let as_value = read::value(&document, Artifact::Catalog, &limits).expect_err("too many");
        assert_eq!((refused.line, refused.message), (as_value.line, as_value.message));
    }
}
