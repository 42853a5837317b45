//! From pointers to lines and columns, only for what a report shows.
//!
//! Values carry no positions: when a report is made, each document (or slice of one) with something to show is read
//! once more with positions, and all its pointers are found in one walk.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::json::{self, CowStr, RawObject};
use super::yaml;
use crate::model::{
    BETWEEN_MARKS, Document, DocumentFormat, EntryPlace, Located, Origin, Pointer, Position, Source,
};
use crate::nesting;

/// A place whose line and column are wanted.
#[derive(Debug, Clone)]
pub struct PositionRequest {
    /// The file.
    pub document: Arc<Document>,
    /// The piece of it the pointer starts from.
    pub range: Range<usize>,
    /// The place: of the key in an object, of the element in a list.
    pub pointer: Pointer,
    /// The byte it starts at, where that is known.
    pub offset: Option<usize>,
    /// Its line and column, where those are known.
    pub position: Option<Position>,
    /// An entry on the way to the place, where that is known.
    pub entry: Option<EntryPlace>,
}

impl From<Located> for PositionRequest {
    fn from(located: Located) -> Self {
        let Located { document, range, pointer, offset, position, entry, .. } = located;
        Self { document, range, pointer, offset, position, entry }
    }
}

impl PositionRequest {
    /// The byte that the place is known to start at.
    fn noted(&self) -> Option<usize> {
        let is_here = |entry: &&EntryPlace| entry.depth == self.pointer.segments().len();
        self.offset.or_else(|| Some(self.entry.as_ref().filter(is_here)?.key))
    }

    /// The text to look through, and the segments that are looked for in it.
    fn sought(&self) -> (&Range<usize>, &[String]) {
        let segments = self.pointer.segments();
        let below = self.entry.as_ref().and_then(|entry| Some((&entry.value, segments.get(entry.depth..)?)));
        below.unwrap_or((&self.range, segments))
    }
}

/// Where each place was written, in their order. A place that names nothing, such as a key that is absent, moves up to
/// what is there.
pub fn origins(mut requests: Vec<PositionRequest>) -> Vec<Origin> {
    for request in &mut requests {
        // What is followed through references may lie much deeper than any document is.
        let segments = request.pointer.segments();
        if segments.len() > nesting::levels() {
            request.pointer = Pointer::new(segments[..nesting::levels()].iter().cloned());
        }
    }
    let mut found = positions(&requests);
    loop {
        let mut open = Vec::new();
        for (index, request) in requests.iter_mut().enumerate() {
            if found[index].is_none()
                && let Some(parent) = request.pointer.parent()
            {
                request.pointer = parent;
                open.push(index);
            }
        }
        if open.is_empty() {
            break;
        }
        let retried: Vec<PositionRequest> = open.iter().map(|&index| requests[index].clone()).collect();
        for (index, position) in open.into_iter().zip(positions(&retried)) {
            found[index] = position;
        }
    }
    // Most places stand in the file that the one before stands in, and share its name.
    let mut named: Option<(Arc<Document>, Arc<str>, Arc<str>)> = None;
    let origin = |(request, position): (PositionRequest, Option<Position>)| {
        let position = position.filter(|_| !request.document.is_derived);
        let (_, file, root) = match named.take_if(|(document, ..)| Arc::ptr_eq(document, &request.document)) {
            Some(same) => named.insert(same),
            None => {
                let document = request.document.clone();
                let (file, root) = (document.file.as_str().into(), document.root.as_str().into());
                named.insert((document, file, root))
            }
        };
        Origin {
            file: file.clone(),
            root: root.clone(),
            pointer: request.pointer,
            line: position.map(|position| position.line),
            column: position.map(|position| position.column),
            source: Some(Source::new(request.document)),
        }
    };
    requests.into_iter().zip(found).map(origin).collect()
}

/// The place of each request, in their order; `None` where a pointer names nothing, or where
/// the document is prose and its reader has noted no offset.
pub fn positions(requests: &[PositionRequest]) -> Vec<Option<Position>> {
    let mut documents: BTreeMap<(&str, usize), Vec<usize>> = BTreeMap::new();
    for (index, request) in requests.iter().enumerate() {
        let address = Arc::as_ptr(&request.document) as usize;
        documents.entry((&request.document.file, address)).or_default().push(index);
    }
    let mut found = vec![None; requests.len()];
    for indices in documents.into_values() {
        let document = &requests[indices[0]].document;
        for &index in &indices {
            found[index] = requests[index].position;
        }
        let indices = indices.into_iter().filter(|&index| requests[index].position.is_none());
        // What a reader noted holds whatever the format is.
        let (noted, sought): (Vec<usize>, Vec<usize>) =
            indices.partition(|&index| requests[index].noted().is_some());
        match document.format {
            _ if sought.is_empty() => {}
            DocumentFormat::Yaml => yaml_positions(document, requests, &sought, &mut found),
            DocumentFormat::Json | DocumentFormat::JsonLines => {
                json_positions(document, requests, &sought, &mut found);
            }
            DocumentFormat::Text => {}
        }
        let offsets = noted.into_iter().filter_map(|index| Some((requests[index].noted()?, index))).collect();
        sweep(document, offsets, &mut found);
    }
    found
}

/// The segments of a wanted pointer, with the number of its request.
type Want<'r> = (&'r [String], usize);

/// The wanted pointers in order, so that one walk finds all.
fn wants<'r>(requests: &'r [PositionRequest], indices: &[usize]) -> Vec<Want<'r>> {
    let mut wants: Vec<Want<'r>> = indices.iter().map(|&index| (requests[index].sought().1, index)).collect();
    // A longer one names nothing.
    wants.retain(|(segments, _)| segments.len() <= nesting::levels());
    wants.sort_unstable();
    wants
}

/// What is wanted at a place and below it: all with the same first segments.
#[derive(Clone, Copy)]
struct Wanted<'w> {
    wants: &'w [Want<'w>],
    depth: usize,
}

impl<'w> Wanted<'w> {
    fn of(wants: &'w [Want<'w>]) -> Self {
        Self { wants, depth: 0 }
    }

    /// Those that are wanted here, and those that lie deeper.
    fn parted(self) -> (&'w [Want<'w>], &'w [Want<'w>]) {
        self.wants.split_at(self.wants.partition_point(|(segments, _)| segments.len() <= self.depth))
    }

    fn here(self) -> impl Iterator<Item = usize> + 'w {
        self.parted().0.iter().map(|(_, index)| *index)
    }

    fn leads_on(self) -> bool {
        !self.parted().1.is_empty()
    }

    /// The segments that lead on, in order.
    fn below(self) -> impl Iterator<Item = (&'w str, Self)> + 'w {
        let depth = self.depth;
        let alike = move |(one, _): &Want<'w>, (other, _): &Want<'w>| one[depth] == other[depth];
        let deeper = move |wants: &'w [Want<'w>]| {
            let (segments, _) = wants.first()?;
            Some((segments[depth].as_str(), Self { wants, depth: depth + 1 }))
        };
        self.parted().1.chunk_by(alike).filter_map(deeper)
    }

    /// What one of the segments leads on to.
    fn at(self, segment: &str) -> Option<(&'w str, Self)> {
        let (_, deeper) = self.parted();
        let behind =
            &deeper[deeper.partition_point(|(segments, _)| segments[self.depth].as_str() < segment)..];
        let count = behind.partition_point(|(segments, _)| segments[self.depth] == segment);
        let (wants, depth) = (&behind[..count], self.depth + 1);
        let (segments, _) = wants.first()?;
        Some((segments[self.depth].as_str(), Self { wants, depth }))
    }
}

fn yaml_positions(
    document: &Document,
    requests: &[PositionRequest],
    indices: &[usize],
    found: &mut [Option<Position>],
) {
    fn walk(node: &yaml::Node, position: Position, wanted: Wanted<'_>, found: &mut [Option<Position>]) {
        for index in wanted.here() {
            found[index] = Some(position);
        }
        if !wanted.leads_on() {
            return;
        }
        match &*node.content {
            yaml::Content::Mapping(mapping) => {
                for (key, place, child) in &mapping.entries {
                    if let Some((_, wanted)) = wanted.at(key) {
                        walk(child, (*place).into(), wanted, found);
                    }
                }
            }
            yaml::Content::Sequence(items) => {
                for (segment, wanted) in wanted.below() {
                    if let Some(item) = segment.parse::<usize>().ok().and_then(|index| items.get(index)) {
                        walk(item, item.position(), wanted, found);
                    }
                }
            }
            yaml::Content::Scalar(_) => {}
        }
    }
    // What is shown was read within the limit.
    if let Ok(root) = yaml::compose(&document.text, u64::MAX) {
        walk(&root, root.position(), Wanted::of(&wants(requests, indices)), found);
    }
}

fn json_positions(
    document: &Document,
    requests: &[PositionRequest],
    indices: &[usize],
    found: &mut [Option<Position>],
) {
    let range_of = |index: &usize| {
        let (range, _) = requests[*index].sought();
        (range.start, range.end)
    };
    let mut indices = indices.to_vec();
    indices.sort_unstable_by_key(range_of);
    let slices: Vec<&[usize]> = indices.chunk_by(|one, other| range_of(one) == range_of(other)).collect();
    let offsets = slices
        .par_iter()
        .flat_map_iter(|indices| {
            let mut offsets = Vec::new();
            let (start, end) = indices.first().map(range_of).unwrap_or_default();
            if let Some(text) = document.text.get(start..end) {
                let leading = text.len() - text.trim_start().len();
                let wants = wants(requests, indices);
                walk_json(document, text, start + leading, Wanted::of(&wants), &mut offsets);
            }
            offsets
        })
        .collect();
    sweep(document, offsets, found);
}

/// Finds the places of offsets in one pass.
fn sweep(document: &Document, mut offsets: Vec<(usize, usize)>, found: &mut [Option<Position>]) {
    offsets.sort_unstable();
    let is_dense = offsets.len() > document.text.len() / BETWEEN_MARKS;
    let mut sweep = Sweep { document, is_dense, offset: 0, at: Position { line: 1, column: 1 } };
    for (offset, index) in offsets {
        found[index] = Some(sweep.to(offset));
    }
}

/// Finds the wanted places of a text in one pass: what lies beside the wanted paths is skipped, not parsed.
fn walk_json(
    document: &Document,
    text: &str,
    offset: usize,
    wanted: Wanted<'_>,
    offsets: &mut Vec<(usize, usize)>,
) {
    offsets.extend(wanted.here().map(|index| (offset, index)));
    if !wanted.leads_on() {
        return;
    }
    let kept = offsets.len();
    let mut reader = serde_json::Deserializer::from_str(text);
    if (Sought { document, wanted, offsets }).deserialize(&mut reader).is_err() {
        // Of equal keys the last counts, and what is nested too deep for one pass is cut level by level.
        offsets.truncate(kept);
        walk_level(document, text, wanted, offsets);
    }
}

/// A value that wanted places lie in.
struct Sought<'w> {
    document: &'w Document,
    wanted: Wanted<'w>,
    offsets: &'w mut Vec<(usize, usize)>,
}

impl Sought<'_> {
    fn start_of(&self, part: &str) -> Option<usize> {
        self.document.range_of(part).map(|range| range.start)
    }

    fn is_here(&mut self, offset: usize, wanted: Wanted<'_>) {
        self.offsets.extend(wanted.here().map(|index| (offset, index)));
    }
}

impl<'de> DeserializeSeed<'de> for Sought<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Sought<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut met: HashSet<&str> = HashSet::new();
        while let Some(CowStr(key)) = map.next_key()? {
            let Some((segment, wanted)) = self.wanted.at(&key) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if !met.insert(segment) {
                return Err(A::Error::custom("equal keys"));
            }
            let key = if let Cow::Borrowed(key) = key { self.start_of(key) } else { None };
            match key {
                Some(start) => {
                    self.is_here(start - 1, wanted);
                    if wanted.leads_on() {
                        let (document, offsets) = (self.document, &mut *self.offsets);
                        map.next_value_seed(Sought { document, wanted, offsets })?;
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                // A key with escapes was copied; then its value is the place.
                None => {
                    let value = map.next_value::<&RawValue>()?.get();
                    if let Some(start) = self.start_of(value) {
                        walk_json(self.document, value, start, wanted, self.offsets);
                    }
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let at = |(segment, wanted): (&str, _)| Some((segment.parse().ok()?, wanted));
        let places: BTreeMap<usize, Wanted<'_>> = self.wanted.below().filter_map(at).collect();
        let (mut index, mut is_left) = (0, true);
        while is_left {
            is_left = match places.get(&index) {
                None => items.next_element::<IgnoredAny>()?.is_some(),
                Some(&wanted) => {
                    let item = items.next_element::<&RawValue>()?.map(RawValue::get);
                    if let Some(item) = item
                        && let Some(start) = self.start_of(item)
                    {
                        walk_json(self.document, item, start, wanted, self.offsets);
                    }
                    item.is_some()
                }
            };
            index += 1;
        }
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
}

/// The same level by level.
fn walk_level(document: &Document, text: &str, wanted: Wanted<'_>, offsets: &mut Vec<(usize, usize)>) {
    let start_of = |part: &str| document.range_of(part).map(|range| range.start);
    if let Ok(object) = RawObject::parse(text) {
        let entries = object.by_key();
        for (segment, wanted) in wanted.below() {
            let Some((key, value)) = entries.get_key_value(segment) else { continue };
            // A key with escapes was copied; then its value is the place.
            let place = start_of(key).map(|start| start - 1).or_else(|| start_of(value));
            if let Some(place) = place {
                walk_json(document, value, place, wanted, offsets);
            }
        }
    } else if let Ok(items) = json::elements(text) {
        for (segment, wanted) in wanted.below() {
            let Some(item) = segment.parse::<usize>().ok().and_then(|index| items.get(index)) else {
                continue;
            };
            if let Some(place) = start_of(item.get()) {
                walk_json(document, item.get(), place, wanted, offsets);
            }
        }
    }
}

/// Turns rising byte offsets into positions, reading no more of the text than lies near them.
struct Sweep<'d> {
    document: &'d Document,
    /// Whether the wanted places stand closer together than the marks.
    is_dense: bool,
    offset: usize,
    at: Position,
}

impl Sweep<'_> {
    fn to(&mut self, mut offset: usize) -> Position {
        offset = offset.min(self.document.text.len());
        while !self.document.text.is_char_boundary(offset) {
            offset -= 1;
        }
        if !self.is_dense {
            let (start, at) = self.document.mark_before(offset);
            if start > self.offset {
                (self.offset, self.at) = (start, at);
            }
        }
        self.at = self.at.after(&self.document.text[self.offset..offset]);
        self.offset = offset;
        self.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(format: DocumentFormat, text: &str, pointers: &[&str]) -> Vec<Option<(usize, usize)>> {
        let document = Arc::new(Document::new("x".to_owned(), String::new(), text.to_owned(), format));
        let requests: Vec<PositionRequest> = pointers
            .iter()
            .map(|pointer| PositionRequest {
                document: document.clone(),
                range: 0..text.len(),
                pointer: Pointer::parse(pointer),
                offset: None,
                position: None,
                entry: None,
            })
            .collect();
        positions(&requests).into_iter().map(|place| place.map(|p| (p.line, p.column))).collect()
    }

    #[test]
    fn of_equal_keys_the_last_is_the_place() {
        let json = "{\"a\": {\"b\": 1, \"c\": 2},\n\"a\": {\"b\": [1,\n{\"\\u0064\":\n3}], \"b\": 4}}";
        let pointers = ["/a", "/a/b", "/a/c"];
        assert_eq!(places(DocumentFormat::Json, json, &pointers), [Some((2, 1)), Some((4, 6)), None]);
        let json = "[0, {\"\\u0064\":\n3, \"e\": {\"f\": [7, 8]}}]";
        let pointers = ["/0", "/1/d", "/1/e/f/1", "/1/e/f/2", "/2", "/1/e/g"];
        let expected = [Some((1, 2)), Some((2, 1)), Some((2, 19)), None, None, None];
        assert_eq!(places(DocumentFormat::Json, json, &pointers), expected);
    }

    #[test]
    fn the_key_is_the_place() {
        let pointers = ["/a/b", "/list/1", "/missing", ""];
        let json = "{\n  \"é\": 1, \"a\": {\"b\": 1},\n  \"list\": [1,\n    2]\n}";
        assert_eq!(
            places(DocumentFormat::Json, json, &pointers),
            [Some((2, 17)), Some((4, 5)), None, Some((1, 1))]
        );
        let yaml = "é: 1\na: {b: 1}\nlist:\n  - 1\n  - 2\n";
        assert_eq!(
            places(DocumentFormat::Yaml, yaml, &pointers),
            [Some((2, 5)), Some((5, 5)), None, Some((1, 1))]
        );
    }
}
