//! Differences between two catalogs: streams paired by identity, pairs compared in parallel.
//!
//! Captured streams are compared as text first; only pairs whose text differs are parsed, one pair at a time.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::delta::{Beside, CatalogChange, Change, Delta, RemovalCertainty, StreamContext};
use super::fragments::Fragments;
use super::stream_faults::NewFaults;
use super::{DiffError, stream};
use crate::model::{
    Artifact, Catalog, Connector, CoverageStatus, FaultKind, Fragment, Metadata, Pointer, Sides, Stream,
    StreamFact, StreamId, StreamProperties, StreamStanding, Which,
};
use crate::nesting;
use crate::python::PythonStream;

/// The streams of one identity on both sides.
type Pair<'s> = (&'s StreamId, Vec<&'s Stream>, Vec<&'s Stream>);

/// What differs between two catalogs.
#[derive(Debug, Default)]
pub(super) struct CatalogDiff {
    pub(super) deltas: Vec<Delta>,
    pub(super) errors: Vec<DiffError>,
    pub(super) faults: Vec<NewFaults>,
}

/// The differences of two catalogs, by identity of the stream.
pub(super) fn diff(old: &Catalog, new: &Catalog, new_side: &Connector, old_side: &Connector) -> CatalogDiff {
    let pairs = pairs(old, new);
    let moved = moved_namespaces(&pairs);
    let suggested = new_side.metadata.as_ref().map(Metadata::suggested_streams).unwrap_or_default();
    let unnamed = changed_unnamed(old_side, new_side);
    let sides = Knowledge { unnamed, new, new_side, old_side, suggested: suggested.into_iter().collect() };
    let results: Vec<Result<PairDiff, DiffError>> = pairs
        .par_iter()
        .map_init(Fragments::default, |fragments, pair| pair_diff(pair, &moved, &sides, fragments))
        .collect();
    let mut all = CatalogDiff::default();
    for result in results {
        match result {
            Ok(found) => {
                all.deltas.extend(found.deltas);
                all.faults.extend(found.faults);
            }
            Err(error) => all.errors.push(error),
        }
    }
    all
}

/// The streams of each identity, in order, but those that are one text on both sides.
fn pairs<'s>(old: &'s Catalog, new: &'s Catalog) -> Vec<Pair<'s>> {
    let (old, new) = (old.streams.as_slice(), new.streams.as_slice());
    let is_aligned = |(was, is): &(&Stream, &Stream)| was.id == is.id;
    let before = old.iter().zip(new).take_while(is_aligned).count();
    let behind = old[before..].iter().rev().zip(new[before..].iter().rev()).take_while(is_aligned).count();
    let (old_end, new_end) = (old.len() - behind, new.len() - behind);
    let aligned = || old[..before].iter().zip(new).chain(old[old_end..].iter().zip(&new[new_end..]));
    let edited: Vec<(&Stream, &Stream)> =
        aligned().filter(|(was, is)| !Stream::is_one_text(was, is)).collect();
    let between = (&old[before..old_end], &new[before..new_end]);
    let mut pairs: Vec<Pair<'_>> = match have_twins(&edited, between, aligned().map(|(was, _)| was)) {
        // Most lists are in the same order but for a few streams: to look up each of a million takes longer than to read it.
        false => {
            let edited = edited.into_iter().map(|(was, is)| (&was.id, vec![was], vec![is]));
            edited.chain(met(between.0, between.1)).collect()
        }
        true => met(old, new),
    };
    pairs.sort_unstable_by_key(|(id, ..)| *id);
    pairs
}

/// Whether a stream that was edited, or stands between the aligned ones, shares its identity with an aligned one, as far as a
/// hash tells: two that share one pass for twins. Twins that stand in the same order with the same texts are no difference.
fn have_twins<'s>(
    edited: &[(&Stream, &Stream)],
    between: (&[Stream], &[Stream]),
    aligned: impl Iterator<Item = &'s Stream>,
) -> bool {
    let hash_of = |stream: &Stream| {
        let StreamId { name, namespace } = &stream.id;
        let seed = namespace.as_ref().map_or(0, |namespace| xxh3_64_with_seed(namespace.as_bytes(), 1));
        xxh3_64_with_seed(name.as_bytes(), seed)
    };
    let count = edited.len() + between.0.len() + between.1.len();
    let mut hashes: HashTable<u64> = HashTable::with_capacity(count);
    for hash in between.0.iter().chain(between.1).map(hash_of) {
        hashes.entry(hash, |one| *one == hash, |one| *one).or_insert(hash);
    }
    for hash in edited.iter().map(|(was, _)| hash_of(was)) {
        match hashes.entry(hash, |one| *one == hash, |one| *one) {
            Entry::Occupied(_) => return true,
            Entry::Vacant(place) => place.insert(hash),
        };
    }
    let is_known = |stream: &&Stream| {
        let hash = hash_of(stream);
        hashes.find(hash, |one| *one == hash).is_some()
    };
    // Each that was edited is one of the aligned itself.
    !hashes.is_empty() && aligned.filter(is_known).count() > edited.len()
}

/// The streams of each identity by looking them up, but those that are one text on both sides.
fn met<'s>(old: &'s [Stream], new: &'s [Stream]) -> Vec<Pair<'s>> {
    #[derive(Default)]
    struct Met<'s> {
        first: Sides<Option<&'s Stream>>,
        /// Further ones of the same identity.
        rest: Sides<Vec<&'s Stream>>,
    }
    let mut places: HashMap<&StreamId, usize> = HashMap::with_capacity(old.len());
    let mut all: Vec<Met<'_>> = Vec::with_capacity(old.len());
    for (which, streams) in [(Which::Old, old), (Which::New, new)] {
        for stream in streams {
            let place = *places.entry(&stream.id).or_insert(all.len());
            if place == all.len() {
                all.push(Met::default());
            }
            let met = &mut all[place];
            match met.first.of_mut(which) {
                first @ None => *first = Some(stream),
                Some(_) => met.rest.of_mut(which).push(stream),
            }
        }
    }
    let is_same = |met: &Met<'s>| match (met.first.old, met.first.new) {
        (Some(old), Some(new)) => {
            met.rest.old.is_empty() && met.rest.new.is_empty() && Stream::is_one_text(old, new)
        }
        _ => false,
    };
    let pair = |Met { first, rest }: Met<'s>| {
        let id = &first.old.or(first.new)?.id;
        let streams = |first: Option<&'s Stream>, rest| first.into_iter().chain(rest).collect();
        Some((id, streams(first.old, rest.old), streams(first.new, rest.new)))
    };
    all.into_iter().filter(|met| !is_same(met)).filter_map(pair).collect()
}

/// The differences of sets of streams that a connector makes while it runs. A set is told by its name: in a manifest its
/// own, in Python that of the class its streams are built from.
pub(super) fn sets_diff(
    old: &Catalog,
    new: &Catalog,
    new_side: &Connector,
    old_side: &Connector,
) -> CatalogDiff {
    let only_sets = |catalog: &Catalog| Catalog {
        streams: catalog.open_sets.clone(),
        status: CoverageStatus::Complete,
        reasons: Vec::new(),
        captured: false,
        has_open_sets: false,
        open_sets: Vec::new(),
    };
    if old.open_sets.is_empty() || !(new_side.has_manifest || old_side.code_words.has_python) {
        return CatalogDiff::default();
    }
    // A class may get another name, and its streams keep theirs.
    let is_of_code = |stream: &&StreamId| !old_side.code.defined(&stream.name).is_empty();
    let of_code: BTreeSet<StreamId> =
        old.open_sets.iter().map(|stream| &stream.id).filter(is_of_code).cloned().collect();
    // No stream of a set is known by its name, so none has faults.
    let CatalogDiff { mut deltas, errors, faults: _ } =
        diff(&only_sets(old), &only_sets(new), new_side, old_side);
    // A set more makes streams more, and nobody has them yet.
    deltas.retain(|delta| match &delta.change {
        Change::Catalog(CatalogChange::StreamAdded { .. }) => false,
        Change::Catalog(CatalogChange::StreamRemoved(_)) => {
            !delta.stream.as_ref().is_some_and(|stream| of_code.contains(stream))
        }
        _ => true,
    });
    // Streams of a set may be listed one by one now.
    let before: BTreeSet<&StreamId> = old.streams.iter().map(|stream| &stream.id).collect();
    if new.streams.iter().any(|stream| !before.contains(&stream.id)) {
        for delta in &mut deltas {
            if let Change::Catalog(CatalogChange::StreamRemoved(certainty)) = &mut delta.change {
                *certainty = RemovalCertainty::MayHaveMoved;
            }
        }
    }
    CatalogDiff { deltas, errors, faults: Vec::new() }
}

struct Knowledge<'k> {
    /// The file of a class whose key or cursor changed, and whose streams have names that are not known.
    unnamed: Option<String>,
    new: &'k Catalog,
    new_side: &'k Connector,
    old_side: &'k Connector,
    /// The streams that new connections enable by default.
    suggested: BTreeSet<&'k str>,
}

impl Knowledge<'_> {
    /// Whether a stream whose name is decided while code runs may have this one, since the code holds it.
    fn may_name(&self, name: &str) -> bool {
        let code = &self.new_side.code;
        code.streams().has_unnamed() && code.has_text(name)
    }

    /// Whether what the code of the new side loads beside its own streams was read.
    fn manifest_is_read(&self) -> bool {
        let code = &self.new_side.code;
        code.loads_a_manifest() == Some(false) || self.new_side.has_manifest && !code.names_another_manifest()
    }
}

/// Streams that are on one side each, under one name and two namespaces.
struct Moved<'s> {
    to: BTreeMap<&'s StreamId, &'s Stream>,
    arrived: BTreeMap<&'s StreamId, ()>,
}

fn moved_namespaces<'s>(pairs: &[Pair<'s>]) -> Moved<'s> {
    let mut by_name: BTreeMap<&str, (Vec<&'s Stream>, Vec<&'s Stream>)> = BTreeMap::new();
    for (id, old, new) in pairs {
        let entry = by_name.entry(&*id.name).or_default();
        match (old.as_slice(), new.as_slice()) {
            ([stream], []) => entry.0.push(stream),
            ([], [stream]) => entry.1.push(stream),
            _ => {}
        }
    }
    let mut moved = Moved { to: BTreeMap::new(), arrived: BTreeMap::new() };
    for (old, new) in by_name.into_values() {
        if let ([old], [new]) = (old.as_slice(), new.as_slice()) {
            moved.to.insert(&old.id, new);
            moved.arrived.insert(&new.id, ());
        }
    }
    moved
}

/// What differs between the streams of one identity.
#[derive(Default)]
struct PairDiff {
    deltas: Vec<Delta>,
    faults: Option<NewFaults>,
}

impl From<Vec<Delta>> for PairDiff {
    fn from(deltas: Vec<Delta>) -> Self {
        Self { deltas, faults: None }
    }
}

fn pair_diff(
    (id, old, new): &Pair<'_>,
    moved: &Moved<'_>,
    sides: &Knowledge<'_>,
    fragments: &mut Fragments,
) -> Result<PairDiff, DiffError> {
    let fail = |stream: &Stream, (side, message): (Which, String)| DiffError {
        side,
        stream: Box::new(stream.clone()),
        message,
    };
    match (old.as_slice(), new.as_slice()) {
        ([old], [new]) => {
            let (mut deltas, faults) =
                stream::diff(old, new, &sides.new_side.limits, fragments).map_err(|error| match error.0 {
                    Which::Old => fail(old, error),
                    Which::New => fail(new, error),
                })?;
            // Where neither a manifest nor code says otherwise, the file is taken for the stream of its name.
            if !sides.old_side.has_manifest && sides.old_side.code.is_empty() {
                for delta in &mut deltas {
                    if let Beside::Stream(stream) = &mut delta.beside
                        && stream.unlisted_streams_of.is_some()
                    {
                        Arc::make_mut(stream).unlisted_streams_of = None;
                    }
                }
            }
            if let (Some(file), StreamStanding::Python { .. }) = (&sides.unnamed, old.standing()) {
                for delta in deltas.iter_mut().filter(|delta| is_of_key_or_cursor(delta)) {
                    if let Beside::Stream(stream) = &mut delta.beside {
                        Arc::make_mut(stream).unlisted_streams_of = Some(file.clone());
                    }
                }
            }
            deltas.extend(undecided(old, new, sides)?);
            let left_manifest = old.standing().is_listed() && new.standing() == &StreamStanding::SchemaFile;
            let is_python = matches!(old.standing(), StreamStanding::Python { .. });
            if is_python && new.standing() == &StreamStanding::SchemaFile {
                // The file is there still, and what was built from it may not be.
                deltas.extend(certainty(old, sides).map(|certainty| removed(old, certainty)).transpose()?);
            } else if left_manifest || left_python(old, new, sides) {
                deltas.push(removed(old, RemovalCertainty::MayHaveMoved)?);
            }
            Ok(PairDiff { deltas, faults })
        }
        ([old], []) => {
            if let Some(target) = moved.to.get(id) {
                let mut delta = removed(old, RemovalCertainty::Gone)?;
                delta.change = Change::Catalog(CatalogChange::NamespaceChanged);
                delta.old = old.id.namespace.as_deref().map(|name| Fragment::own(name.into()));
                delta.new = target.id.namespace.as_deref().map(|name| Fragment::own(name.into()));
                delta.pointer.new = Some(Pointer::root());
                if let Beside::Stream(stream) = &mut delta.beside {
                    Arc::make_mut(stream).index.new = Some(target.index);
                }
                return Ok(vec![delta].into());
            }
            match certainty(old, sides) {
                Some(certainty) => Ok(vec![removed(old, certainty)?].into()),
                None => Ok(PairDiff::default()),
            }
        }
        ([], [new]) => {
            let faults = new.properties().ok().and_then(|is| NewFaults::of(new, None, &is));
            if moved.arrived.contains_key(id)
                || new.standing() == &StreamStanding::SchemaFile && !sides.new.captured && old_is_vague(sides)
            {
                return Ok(PairDiff { deltas: Vec::new(), faults });
            }
            let suggested = sides.suggested.contains(&*new.id.name);
            let change = CatalogChange::StreamAdded { suggested };
            let deltas = vec![delta(new, change, Sides { old: None, new: Some(new.index) })];
            Ok(PairDiff { deltas, faults })
        }
        ([old, ..], []) => match certainty(old, sides) {
            Some(certainty) => Ok(vec![removed(old, certainty)?].into()),
            None => Ok(PairDiff::default()),
        },
        (old, new) => {
            let texts = |streams: &[&Stream]| {
                let mut texts: Vec<String> = streams.iter().map(|stream| describe(stream)).collect();
                texts.sort();
                texts
            };
            if texts(old) == texts(new) {
                return Ok(PairDiff::default());
            }
            let index =
                Sides { old: old.first().map(|stream| stream.index), new: new.first().map(|s| s.index) };
            let first = old.first().or(new.first());
            let change = CatalogChange::DuplicateStreamChanged;
            let deltas: Vec<Delta> = first.map(|stream| delta(stream, change, index)).into_iter().collect();
            Ok(deltas.into())
        }
    }
}

/// The file of a class that both sides build streams of under names that are not known, and whose key or cursor changed.
fn changed_unnamed(old: &Connector, new: &Connector) -> Option<String> {
    let after = &new.code.streams().streams;
    let is_changed = |was: &&PythonStream| {
        was.may_be_named_otherwise
            && after.iter().any(|is| {
                let facts = |one: &PythonStream| {
                    (one.primary_key.clone(), one.cursor_field.clone(), one.primary_key_code.clone())
                };
                is.class == was.class && is.may_be_named_otherwise && facts(is) != facts(was)
            })
    };
    old.code.streams().streams.iter().find(is_changed).map(|stream| stream.file.clone())
}

fn is_of_key_or_cursor(delta: &Delta) -> bool {
    use CatalogChange as C;
    matches!(
        delta.change,
        Change::Catalog(
            C::PrimaryKeyAdded
                | C::PrimaryKeyRemoved
                | C::PrimaryKeyReordered
                | C::PrimaryKeyWidened
                | C::PrimaryKeyNarrowed
                | C::PrimaryKeyChanged
                | C::CursorAdded
                | C::CursorChanged
                | C::CursorRemoved
        )
    )
}

/// What decides facts of a stream that are not known, where it changed. A stream that moved between Python and the
/// manifest is another question.
fn undecided(old: &Stream, new: &Stream, sides: &Knowledge<'_>) -> Result<Option<Delta>, DiffError> {
    // Of what was printed every fact is known.
    let is_printed = old.text().is_some() && new.text().is_some();
    if is_printed || old.standing().is_listed() != new.standing().is_listed() {
        return Ok(None);
    }
    let fail = |stream: &Stream, side, message: String| DiffError {
        side,
        stream: Box::new(stream.clone()),
        message,
    };
    let before = old.properties().map_err(|error| fail(old, Which::Old, error.to_string()))?;
    let after = new.properties().map_err(|error| fail(new, Which::New, error.to_string()))?;
    let differs = |fact: &StreamFact| match (before.undecided.get(fact), after.undecided.get(fact)) {
        (Some(was), Some(is)) => {
            let is_other_code = |class: &String| {
                sides.old_side.code.same_definition(&sides.new_side.code, class) == Some(false)
            };
            was.written != is.written
                || was.class != is.class
                || was.class.as_ref().is_some_and(is_other_code)
        }
        // It was known, or is now.
        (None, Some(_)) => is_known(&before, *fact),
        (Some(_), None) => is_known(&after, *fact),
        (None, None) => false,
    };
    let facts: BTreeSet<StreamFact> =
        before.undecided.keys().chain(after.undecided.keys()).filter(|fact| differs(fact)).copied().collect();
    if facts.is_empty() {
        return Ok(None);
    }
    let index = Sides { old: Some(old.index), new: Some(new.index) };
    let mut delta = delta(old, CatalogChange::Undecided(facts), index);
    delta.beside = Beside::Stream(Arc::new(stream::context(old, Some(new), &before)));
    Ok(Some(delta))
}

fn is_known(properties: &StreamProperties, fact: StreamFact) -> bool {
    match fact {
        StreamFact::Members => false,
        StreamFact::Schema => properties.json_schema.known().is_some(),
        StreamFact::PrimaryKey => properties.source_defined_primary_key.known().is_some(),
        StreamFact::Cursor => properties.default_cursor_field.known().is_some(),
    }
}

/// Whether the Python of the old side spoke of a stream that has only a schema file, and that of the new side does
/// not: the file may be a leftover.
fn left_python(old: &Stream, new: &Stream, sides: &Knowledge<'_>) -> bool {
    let (before, after) = (&sides.old_side.code_words, &sides.new_side.code_words);
    [old, new].iter().all(|stream| stream.standing() == &StreamStanding::SchemaFile)
        && before.has_python
        && after.has_python
        && before.mention(&old.id.name)
        && !after.mention(&old.id.name)
}

/// A schema file that appears says nothing where the old side's streams were not known by their files either.
fn old_is_vague(sides: &Knowledge<'_>) -> bool {
    sides.old_side.catalog.as_ref().is_none_or(|catalog| catalog.captured)
}

/// The text of a stream for comparing copies.
fn describe(stream: &Stream) -> String {
    match (stream.text(), stream.properties()) {
        (Some(text), _) => nesting::value(text).map_or(text.to_owned(), |value| value.to_string()),
        (None, Ok(properties)) => format!(
            "{:?} {:?} {}",
            properties.source_defined_primary_key,
            properties.default_cursor_field,
            properties.json_schema.known().map_or(serde_json::Value::Null, |schema| schema.open().expanded()),
        ),
        (None, Err(error)) => error.to_string(),
    }
}

/// Whether a stream that the new catalog does not list is gone. `None`: it was never known to be a stream, and the
/// new side still speaks of it.
fn certainty(old: &Stream, sides: &Knowledge<'_>) -> Option<RemovalCertainty> {
    let mentioned = sides.new_side.code_words.mention(&old.id.name);
    // A configured catalog lists what one connection syncs: what it lacks may be there all the same.
    if sides.new.captured && sides.new.status != CoverageStatus::Complete {
        return None;
    }
    // What a file that cannot be read holds is not gone.
    if sides.new_side.faults.iter().any(|fault| fault.kind == FaultKind::Unreadable)
        && !sides.new_side.has_manifest
    {
        return None;
    }
    // Code that was read to its end says more than the words in it.
    if old.standing() != &StreamStanding::SchemaFile && !sides.new.captured && !sides.new_side.code.is_empty()
    {
        let before = sides.old_side.code.streams();
        match sides.new_side.code.streams().builds_after(&old.id.name, before) {
            // A manifest under another name is not read.
            Some(false)
                if !sides.new.has_open_sets && sides.manifest_is_read() && !sides.may_name(&old.id.name) =>
            {
                return Some(RemovalCertainty::Gone);
            }
            _ => return Some(RemovalCertainty::MayHaveMoved),
        }
    }
    if old.standing() == &StreamStanding::SchemaFile && mentioned {
        let python = !sides.old_side.has_manifest && !sides.new_side.has_manifest;
        return python.then_some(RemovalCertainty::MayHaveMoved);
    }
    // A key of that name may be a field of another stream as well as a trace of this one.
    if old.standing() == &StreamStanding::SchemaFile && sides.new_side.code_words.mention_as_key(&old.id.name)
    {
        return Some(RemovalCertainty::MayHaveMoved);
    }
    // Beside a manifest a schema file may be a leftover; it was a stream only if the code spoke of it.
    if old.standing() == &StreamStanding::SchemaFile && sides.old_side.has_manifest {
        let was_named = sides.old_side.code_words.mention(&old.id.name);
        let known = sides.old_side.code_words.has_python;
        return match (known, was_named) {
            (true, false) => None,
            (true, true) => Some(RemovalCertainty::Gone),
            (false, _) => Some(RemovalCertainty::MayHaveMoved),
        };
    }
    let is_part = old.standing() == &StreamStanding::SchemaFile
        && old
            .properties()
            .is_ok_and(|p| p.json_schema.known().is_some_and(|schema| schema.open().has_shared_twin()));
    if is_part {
        return Some(RemovalCertainty::MayHaveMoved);
    }
    if sides.new.status == CoverageStatus::Complete || !mentioned {
        return Some(RemovalCertainty::Gone);
    }
    Some(RemovalCertainty::MayHaveMoved)
}

fn removed(old: &Stream, certainty: RemovalCertainty) -> Result<Delta, DiffError> {
    let properties = old.properties().map_err(|error| DiffError {
        side: Which::Old,
        stream: Box::new(old.clone()),
        message: error.to_string(),
    })?;
    let mut delta =
        delta(old, CatalogChange::StreamRemoved(certainty), Sides { old: Some(old.index), new: None });
    delta.beside = Beside::Stream(Arc::new(stream::context(old, None, &properties)));
    Ok(delta)
}

fn delta(stream: &Stream, change: CatalogChange, index: Sides<Option<usize>>) -> Delta {
    let pointer = |index: Option<usize>| index.map(|_| Pointer::root());
    Delta {
        stream: Some(stream.id.clone()),
        pointer: Sides { old: pointer(index.old), new: pointer(index.new) },
        beside: Beside::Stream(Arc::new(StreamContext { index, ..StreamContext::default() })),
        ..Delta::new(Artifact::Catalog, Change::Catalog(change))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{CapturedBody, Document, DocumentFormat, StreamBody};

    /// A captured catalog of streams by name and text.
    fn streams(list: &[(u8, u8)]) -> Vec<Stream> {
        let text: String = list.iter().map(|(_, body)| body.to_string()).collect();
        let document =
            Arc::new(Document::new("catalog.json".to_owned(), String::new(), text, DocumentFormat::Json));
        let stream = |(index, (name, _)): (usize, &(u8, u8))| Stream {
            id: StreamId { name: name.to_string().into(), namespace: (name % 2 == 0).then(|| "n".into()) },
            index,
            body: StreamBody::Captured(
                CapturedBody::new(document.clone(), index..index + 1).expect("a short one"),
            ),
        };
        list.iter().enumerate().map(stream).collect()
    }

    fn catalog(streams: Vec<Stream>) -> Catalog {
        Catalog {
            streams,
            status: CoverageStatus::Complete,
            reasons: Vec::new(),
            captured: true,
            has_open_sets: false,
            open_sets: Vec::new(),
        }
    }

    /// Where the streams of pairs stand that differ in anything.
    fn places(pairs: Vec<Pair<'_>>) -> Vec<(StreamId, Vec<usize>, Vec<usize>)> {
        let texts = |streams: &[&Stream]| {
            let mut texts: Vec<_> = streams.iter().map(|stream| stream.text().map(str::to_owned)).collect();
            texts.sort();
            texts
        };
        let pairs = pairs.into_iter().filter(|(_, old, new)| texts(old) != texts(new));
        let index = |streams: Vec<&Stream>| streams.into_iter().map(|stream| stream.index).collect();
        let mut places: Vec<_> = pairs.map(|(id, old, new)| (id.clone(), index(old), index(new))).collect();
        places.sort();
        places
    }

    proptest! {
        /// Streams that stand in the same order are paired as all others are, twins and all.
        #[test]
        fn pairs_do_not_depend_on_the_order(
            old in prop::collection::vec((0..12_u8, 0..2_u8), 0..8),
            edits in prop::collection::vec((0..8_usize, 0..12_u8, 0..2_u8, any::<bool>()), 0..4),
        ) {
            let mut new = old.clone();
            for (at, name, body, is_added) in edits {
                match new.get_mut(at) {
                    Some(place) if !is_added => *place = (name, body),
                    _ => new.insert(at.min(new.len()), (name, body)),
                }
            }
            let (old, new) = (catalog(streams(&old)), catalog(streams(&new)));
            prop_assert_eq!(places(pairs(&old, &new)), places(met(&old.streams, &new.streams)));
        }
    }
}
