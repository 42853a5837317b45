//! Saved state met by a new manifest: what the cursor of each stream makes of a sample.
//!
//! The outcomes are those that the Python CDK 7.39.1 was seen to have. Only a sample of the old side is needed; where
//! the new side has one too, the two are compared instead. A stream whose cursor is a custom class, or that declares a
//! custom state migration, is not replayed: its code decides.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::delta::StateChange;
use super::state_shape::{self, Shape, StateClass};
use crate::datetime::Reader;
use crate::model::{Connector, Pointer, StateTraits, StreamId};

/// What a replay says of one stream.
pub(super) struct Replayed {
    pub(super) id: StreamId,
    /// Where the sample stands.
    pub(super) pointer: Pointer,
    /// What differs, with the old and the new side in words; empty where saved state goes on.
    pub(super) found: Vec<(StateChange, String, String)>,
}

/// Replays every sample that can be; the second list names the streams that cannot.
pub(super) fn replay(
    samples: &BTreeMap<StreamId, Vec<(&Value, Pointer)>>,
    new: &Connector,
) -> (Vec<Replayed>, Vec<StreamId>) {
    let mut replayed = Vec::new();
    let mut open = Vec::new();
    let mut streams = BTreeMap::new();
    for stream in new.catalog.iter().flat_map(|catalog| &catalog.streams) {
        // Names are unique in a manifest; of a faulty one the first counts.
        streams.entry(stream.id.name.as_str()).or_insert(stream);
    }
    for (id, blobs) in samples {
        let stream = streams.get(id.name.as_str());
        let properties = stream.and_then(|stream| stream.properties().ok());
        let traits = properties.as_ref().and_then(|properties| properties.state.as_ref());
        match traits.filter(|traits| is_readable(traits)) {
            Some(traits) => {
                let reader = Reader::of(&traits.reads);
                let mut found: Vec<(StateChange, String, String)> = Vec::new();
                for (blob, _) in blobs {
                    for one in outcome(blob, traits, &reader) {
                        if !found.iter().any(|known| known.0 == one.0) {
                            found.push(one);
                        }
                    }
                }
                let pointer = blobs.first().map_or_else(Pointer::root, |(_, pointer)| pointer.clone());
                replayed.push(Replayed { id: id.clone(), pointer, found });
            }
            None => open.push(id.clone()),
        }
    }
    (replayed, open)
}

/// Whether the manifest alone says what the cursor reads.
fn is_readable(traits: &StateTraits) -> bool {
    let by_code = |class: &String| class != "LegacyToPerPartitionStateMigration";
    !traits.custom_cursor && traits.cursor_field.is_some() && !traits.migrations.iter().any(by_code)
}

fn outcome(blob: &Value, traits: &StateTraits, reader: &Reader) -> Vec<(StateChange, String, String)> {
    use StateClass as C;
    let shape = state_shape::of(blob);
    // An empty blob holds no position: there is nothing to lose.
    if shape.is_empty() {
        return Vec::new();
    }
    let now = if traits.partitioned { C::PerPartition } else { C::Simple };
    let one = |change| vec![(change, shape.class.name().to_owned(), now.name().to_owned())];
    match (shape.class, traits.partitioned) {
        (C::NoCursor | C::ResumableDone, _) => one(StateChange::BecameIncremental),
        (C::Simple, partitioned) => match cursor(&shape, &[blob], traits, reader) {
            found if found.is_empty() && partitioned => one(StateChange::Partitioned),
            found => found,
        },
        (C::PerPartition | C::GlobalSubstream, false) => one(StateChange::Departitioned),
        (C::PerPartition, true) => {
            let mut found = partitions(&shape, traits);
            let states = blob["states"].as_array().into_iter().flatten().map(|state| &state["cursor"]);
            let cursors: Vec<&Value> = states.chain(blob.get("state")).collect();
            found.extend(cursor(&shape, &cursors, traits, reader));
            found
        }
        (C::GlobalSubstream, true) => {
            cursor(&shape, &blob.get("state").into_iter().collect::<Vec<_>>(), traits, reader)
        }
        (C::Slices, false) => one(StateChange::SlicesToSequential),
        (C::LegacyMap, true) => one(StateChange::LegacyMapReplaced),
        _ => one(StateChange::ClassChanged),
    }
}

/// Partitions are found by their keys; under other keys none of the old ones is.
fn partitions(shape: &Shape, traits: &StateTraits) -> Vec<(StateChange, String, String)> {
    let Some(keys) = &traits.partition_keys else { return Vec::new() };
    let old: BTreeSet<&String> = shape.partition.keys().collect();
    // An empty parent_slice is left out of the shape.
    let plain = |keys: BTreeSet<&String>| -> Vec<String> {
        keys.into_iter().filter(|key| *key != "parent_slice").cloned().collect()
    };
    let (old, new) = (plain(old), plain(keys.iter().collect()));
    if old.is_empty() || old == new {
        return Vec::new();
    }
    vec![(StateChange::PartitionKeysChanged { global: shape.global }, old.join(", "), new.join(", "))]
}

/// Whether the cursor finds its field in the state, and reads the values there.
fn cursor(
    shape: &Shape,
    cursors: &[&Value],
    traits: &StateTraits,
    reader: &Reader,
) -> Vec<(StateChange, String, String)> {
    let Some([field]) = traits.cursor_field.as_deref() else { return Vec::new() };
    let names = || shape.cursor.keys().cloned().collect::<Vec<_>>().join(", ");
    if shape.cursor.is_empty() {
        return Vec::new();
    }
    if !shape.cursor.contains_key(field) {
        return vec![(StateChange::CursorKeyRenamed, names(), field.clone())];
    }
    let forms = || {
        let forms = shape.cursor[field].iter().map(state_shape::Form::describe);
        format!("{field}: {}", forms.collect::<Vec<_>>().join(", "))
    };
    let values = cursors.iter().filter_map(|cursor| cursor.get(field));
    for value in values {
        if traits.cursor_type == "IncrementingCountCursor" {
            if !value.is_number() {
                return vec![(StateChange::CursorValueTypeChanged, forms(), format!("{field}: a number"))];
            }
            continue;
        }
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        };
        match reader.parses(&text) {
            Some(true) => {}
            answer => {
                let change = StateChange::DatetimeFormatChanged { sure: answer == Some(false) };
                return vec![(change, forms(), traits.reads.join(", "))];
            }
        }
    }
    Vec::new()
}
