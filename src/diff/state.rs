//! Differences between samples of saved state.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::delta::{Change, Delta, StateChange, StreamContext};
use super::replay::{Replayed, replay};
use super::state_shape::{self, Shape, StateClass};
use crate::model::{Artifact, Connector, CoverageStatus, Pointer, Sides, StateMessage, StreamId};

/// What the samples of one side show together.
#[derive(Default)]
struct Sampled {
    streams: BTreeMap<StreamId, (Shape, Pointer)>,
    legacy: bool,
    per_stream: bool,
    global: bool,
    shared: Option<Value>,
}

/// The differences of two sides' samples, or of the old side's samples and the new manifest. Without a sample on either
/// side there are none. The second list names the streams for which a sample, and no manifest, has the last word.
pub(super) fn diff(old: &Connector, new: &Connector) -> (Vec<Delta>, BTreeSet<StreamId>) {
    match (old.states.is_empty(), new.states.is_empty()) {
        (true, true) => (Vec::new(), BTreeSet::new()),
        (false, false) => (compared(old, new), BTreeSet::new()),
        (false, true) => replayed(old, new),
        (true, false) => (vec![delta(None, StateChange::OnlyOneSide, None, None)], BTreeSet::new()),
    }
}

/// What the new manifest makes of the old samples.
fn replayed(old: &Connector, new: &Connector) -> (Vec<Delta>, BTreeSet<StreamId>) {
    let mut samples: BTreeMap<StreamId, Vec<(&Value, Pointer)>> = BTreeMap::new();
    for message in old.states.iter().flat_map(|sample| &sample.messages) {
        match message {
            StateMessage::Stream { id, state, pointer } => {
                samples.entry(id.clone()).or_default().push((state, pointer.clone()));
            }
            StateMessage::Global { streams, pointer, .. } => {
                for (id, state) in streams {
                    samples.entry(id.clone()).or_default().push((state, pointer.clone()));
                }
            }
            StateMessage::Legacy { data, pointer } => {
                for (name, state) in data.as_object().into_iter().flatten() {
                    samples.entry(StreamId::named(name)).or_default().push((state, pointer.join(name)));
                }
            }
        }
    }
    let (replayed, open) = replay(&samples, new);
    let mut deltas = Vec::new();
    let mut settled = BTreeSet::new();
    for Replayed { id, pointer, found } in replayed {
        for (change, was, is) in found {
            let mut delta = delta(Some(&id), change, Some(json!(was)), Some(json!(is)));
            delta.pointer.old = Some(pointer.clone());
            deltas.push(delta);
        }
        settled.insert(id);
    }
    // A stream that is gone has a finding of its own.
    let gone = |id: &StreamId| {
        new.catalog.as_ref().is_some_and(|catalog| {
            catalog.status == CoverageStatus::Complete
                && !catalog.streams.iter().any(|stream| stream.id.name == id.name)
        })
    };
    if open.iter().any(|id| !gone(id)) || samples.is_empty() {
        deltas.push(delta(None, StateChange::OnlyOneSide, None, None));
    }
    (deltas, settled)
}

fn compared(old: &Connector, new: &Connector) -> Vec<Delta> {
    let change = |change: StateChange| delta(None, change, None, None);
    let (before, after) = (sampled(old), sampled(new));
    if before.legacy && !before.per_stream && !before.global && after.per_stream {
        return vec![change(StateChange::EnvelopeLegacyToStream)];
    }
    if before.global != after.global
        && (before.per_stream || after.per_stream)
        && !(before.global && after.global)
    {
        let shared = before.shared.is_some() || after.shared.is_some();
        return vec![change(StateChange::EnvelopeSwitched { shared })];
    }
    let mut deltas = Vec::new();
    let keys = |shared: &Option<Value>| {
        shared.as_ref().and_then(Value::as_object).map(|map| map.keys().cloned().collect::<Vec<_>>())
    };
    if before.global && after.global && keys(&before.shared) != keys(&after.shared) {
        deltas.push(change(StateChange::SharedStateChanged));
    }
    for (id, (was, pointer)) in &before.streams {
        match after.streams.get(id) {
            Some((is, new_pointer)) => {
                for (change, old, new) in compare(was, is) {
                    let mut delta = delta(Some(id), change, Some(json!(old)), Some(json!(new)));
                    delta.pointer = Sides { old: Some(pointer.clone()), new: Some(new_pointer.clone()) };
                    deltas.push(delta);
                }
            }
            None => {
                let moved = after.streams.keys().any(|other| {
                    other.name == id.name
                        && other.namespace != id.namespace
                        && !before.streams.contains_key(other)
                });
                let change = if moved { StateChange::NamespaceChanged } else { StateChange::MissingInNew };
                let mut delta = delta(Some(id), change, None, None);
                delta.pointer.old = Some(pointer.clone());
                deltas.push(delta);
            }
        }
    }
    for (id, (_, pointer)) in &after.streams {
        let known = before.streams.keys().any(|other| other.name == id.name);
        if !known {
            let mut delta = delta(Some(id), StateChange::MissingInOld, None, None);
            delta.pointer.new = Some(pointer.clone());
            deltas.push(delta);
        }
    }
    deltas
}

fn delta(stream: Option<&StreamId>, change: StateChange, old: Option<Value>, new: Option<Value>) -> Delta {
    Delta {
        artifact: Artifact::State,
        stream: stream.cloned(),
        field: Vec::new(),
        branch: None,
        pointer: Sides::default(),
        change: Change::State(change),
        old,
        new,
        context: StreamContext::default(),
        place: None,
        decision: None,
    }
}

fn sampled(side: &Connector) -> Sampled {
    let mut found = Sampled::default();
    for message in side.states.iter().flat_map(|sample| &sample.messages) {
        match message {
            StateMessage::Stream { id, state, pointer } => {
                found.per_stream = true;
                found.add(id.clone(), state, pointer.clone());
            }
            StateMessage::Global { shared, streams, pointer } => {
                found.global = true;
                found.shared = shared.clone().or(found.shared);
                for (id, state) in streams {
                    found.add(id.clone(), state, pointer.clone());
                }
            }
            StateMessage::Legacy { data, pointer } => {
                found.legacy = true;
                for (name, state) in data.as_object().into_iter().flatten() {
                    found.add(StreamId::named(name), state, pointer.join(name));
                }
            }
        }
    }
    found
}

impl Sampled {
    fn add(&mut self, id: StreamId, state: &Value, pointer: Pointer) {
        let shape = state_shape::of(state);
        match self.streams.get_mut(&id) {
            Some((known, _)) if known.class == shape.class => known.join(shape),
            // The newest sample of another class replaces a sentinel, and never the reverse.
            Some((known, place)) if is_sentinel(known.class) => (*known, *place) = (shape, pointer),
            Some(_) => {}
            None => {
                self.streams.insert(id, (shape, pointer));
            }
        }
    }
}

fn is_sentinel(class: StateClass) -> bool {
    matches!(class, StateClass::NoCursor | StateClass::ResumableDone)
}

type Found = (StateChange, String, String);

fn compare(old: &Shape, new: &Shape) -> Vec<Found> {
    use StateClass as C;
    // An empty blob holds no position: there is nothing to lose and nothing to compare.
    if old.is_empty() || new.is_empty() {
        return Vec::new();
    }
    let named = |class: StateClass| class.name().to_owned();
    let one = |change| vec![(change, named(old.class), named(new.class))];
    match (old.class, new.class) {
        (C::Simple, C::Simple) | (C::GlobalSubstream, C::GlobalSubstream) | (C::LegacyMap, C::LegacyMap) => {
            let mut found = cursors(old, new);
            found.extend(parents(old, new));
            found
        }
        (C::PerPartition, C::PerPartition) => {
            let mut found = partitions(old, new);
            found.extend(cursors(old, new));
            found.extend(parents(old, new));
            found
        }
        (C::FileHistory, C::FileHistory) if old.cursor != new.cursor => one(StateChange::FileHistoryChanged),
        (C::Versioned, C::Versioned) if old.marker != new.marker => {
            vec![(StateChange::VersionMarkerChanged, old.marker.clone(), new.marker.clone())]
        }
        (C::Opaque, C::Opaque) => {
            let list = |keys: Vec<&String>| keys.into_iter().cloned().collect::<Vec<_>>().join(", ");
            let removed: Vec<&String> = old.keys.difference(&new.keys).collect();
            let added: Vec<&String> = new.keys.difference(&old.keys).collect();
            if !removed.is_empty() {
                vec![(StateChange::KeysRemoved, list(removed), list(added))]
            } else if !added.is_empty() {
                vec![(StateChange::KeysAdded, String::new(), list(added))]
            } else {
                Vec::new()
            }
        }
        (before, after) if before == after => Vec::new(),
        (before, after) if is_sentinel(before) && is_sentinel(after) => Vec::new(),
        (before, _) if is_sentinel(before) => one(StateChange::BecameIncremental),
        (_, after) if is_sentinel(after) => one(StateChange::BecameFullRefresh),
        (C::Simple, C::PerPartition | C::GlobalSubstream) => {
            let found = cursors(old, new);
            if found.is_empty() { one(StateChange::Partitioned) } else { found }
        }
        (C::PerPartition | C::GlobalSubstream, C::Simple) => one(StateChange::Departitioned),
        (C::LegacyMap, C::PerPartition | C::GlobalSubstream) => one(StateChange::LegacyMapReplaced),
        (C::PerPartition, C::GlobalSubstream) | (C::GlobalSubstream, C::PerPartition) => {
            one(StateChange::GlobalCursorToggled)
        }
        (C::Slices, C::Simple) => one(StateChange::SlicesToSequential),
        (C::Simple, C::Slices) => one(StateChange::SequentialToSlices),
        _ => one(StateChange::ClassChanged),
    }
}

fn partitions(old: &Shape, new: &Shape) -> Vec<Found> {
    let keys = |shape: &Shape| shape.partition.keys().cloned().collect::<Vec<_>>().join(", ");
    if old.partition.is_empty() || new.partition.is_empty() {
        return Vec::new();
    }
    if keys(old) != keys(new) {
        return vec![(StateChange::PartitionKeysChanged { global: old.global }, keys(old), keys(new))];
    }
    old.partition
        .iter()
        .filter_map(|(key, types)| {
            let after = new.partition.get(key)?;
            let list = |types: &std::collections::BTreeSet<&str>| {
                format!("{key}: {}", types.iter().copied().collect::<Vec<_>>().join(", "))
            };
            types.is_disjoint(after).then(|| {
                (StateChange::PartitionValueTypeChanged { global: old.global }, list(types), list(after))
            })
        })
        .collect()
}

fn cursors(old: &Shape, new: &Shape) -> Vec<Found> {
    let names = |shape: &Shape| shape.cursor.keys().cloned().collect::<Vec<_>>().join(", ");
    if old.cursor.is_empty() || new.cursor.is_empty() {
        return Vec::new();
    }
    let shared: Vec<&String> = old.cursor.keys().filter(|key| new.cursor.contains_key(*key)).collect();
    if shared.is_empty() {
        return vec![(StateChange::CursorKeyRenamed, names(old), names(new))];
    }
    let mut found = Vec::new();
    for key in &shared {
        let (before, after) = (&old.cursor[*key], &new.cursor[*key]);
        if !before.is_disjoint(after) {
            continue;
        }
        let (Some(was), Some(is)) = (before.first(), after.first()) else { continue };
        if was.same_type(is) && !was.conflicts(is) {
            continue;
        }
        let change = if was.same_type(is) {
            StateChange::CursorFormatChanged
        } else {
            StateChange::CursorValueTypeChanged
        };
        found.push((change, format!("{key}: {}", was.describe()), format!("{key}: {}", is.describe())));
    }
    if old.cursor.len() > shared.len() {
        found.push((StateChange::KeysRemoved, names(old), names(new)));
    } else if new.cursor.len() > shared.len() {
        found.push((StateChange::KeysAdded, names(old), names(new)));
    }
    found
}

fn parents(old: &Shape, new: &Shape) -> Vec<Found> {
    let list = |shape: &Shape| shape.parents.iter().cloned().collect::<Vec<_>>().join(", ");
    if old.parents.difference(&new.parents).next().is_some() {
        vec![(StateChange::ParentStateRemoved, list(old), list(new))]
    } else if new.parents.difference(&old.parents).next().is_some() {
        vec![(StateChange::ParentStateAdded, list(old), list(new))]
    } else {
        Vec::new()
    }
}
