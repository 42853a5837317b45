//! What happens to saved state when the version changes, stream by stream, and when it is changed back.
//!
//! Three things can show it, the surest first: a sample of saved state met by the other version's manifest
//! ([`mod@meet`]), samples of both versions side by side ([`mod@compare`]), and the manifests of both, where the older
//! one says what it saves. A cursor looks for its field and reads the value ([`mod@position`]), finds partitions again
//! by their keys and values ([`mod@partition`]), and hands state on to parents ([`mod@parent`]). A cursor, router or
//! migration that is a class of the connector is not guessed at.

mod code;
mod compare;
mod definition;
mod meet;
mod met;
mod nested;
mod parent;
mod partition;
mod position;
mod side;

use std::collections::BTreeSet;

use serde_json::Value;

use super::delta::{Delta, StreamContext};
use super::state_change::{StateChange, StateContext};
use super::state_value::StateValue;
use crate::model::{
    Catalog, Connector, ConnectorType, KeyName, Sides, StateEvidence, StateOutcome, Stream, StreamBody,
    StreamId, StreamStateReport,
};
pub(super) use code::keeps_position;
use met::delta;
use side::Side;

/// One thing that differs, with what either side saves or looks for.
#[derive(Debug, Clone)]
struct Found {
    change: StateChange,
    values: Sides<Option<StateValue>>,
    /// The saved value that shows it.
    value: Option<Value>,
    /// What it was read off.
    evidence: StateEvidence,
}

impl Found {
    /// A difference that says all there is to say.
    fn plain(change: StateChange) -> Self {
        Self::of(change, None, None)
    }

    fn of(
        change: StateChange,
        old: impl Into<Option<StateValue>>,
        new: impl Into<Option<StateValue>>,
    ) -> Self {
        let values = Sides { old: old.into(), new: new.into() };
        Self { change, values, value: None, evidence: StateEvidence::None }
    }
}

/// What is known of saved state after a change of version.
#[derive(Debug, Default)]
pub(super) struct StateDiff {
    /// The differences that rules judge: of the way forward only.
    pub deltas: Vec<Delta>,
    /// Both ways, for each stream of which something can be said.
    pub streams: Vec<StreamStateReport>,
    /// Whether the old version goes on from what the new one saves; `None` where that is not known.
    pub rolls_back: Option<bool>,
}

/// Compares what both sides save and read.
pub(super) fn diff(old: &Connector, new: &Connector) -> StateDiff {
    if let Some(nothing) = silent(old, new) {
        return nothing;
    }
    let (before, after) = (Side::of(old), Side::of(new));
    let mut found = StateDiff::default();
    let mut whole = |change| {
        found.deltas.push(delta(
            None,
            &Found::plain(change),
            StateContext::default(),
            StreamContext::default(),
        ));
    };
    let (forth, back) = (envelope(&before, &after), envelope(&after, &before));
    if let Some(change) = &forth {
        whole(change.clone());
    }
    if let (Some(Some(was)), Some(Some(is))) = (&before.global, &after.global)
        && let Some(found_there) = shared(was, is)
    {
        found.deltas.push(delta(None, &found_there, StateContext::default(), StreamContext::default()));
    }
    let ids: BTreeSet<&StreamId> = before.ids().chain(after.ids()).collect();
    let mut open = false;
    let harm =
        |change: &Option<StateChange>| change.as_ref().filter(|change| change.outcome().is_harm()).cloned();
    let (forth, back) = (harm(&forth), harm(&back));
    for id in ids {
        let forward = before.met_by(&after, id);
        if forth.is_none() {
            open |= forward.is_open;
            found.deltas.extend(forward.deltas(id));
        }
        if before.has(id) {
            let backward = after.met_by(&before, id);
            found.streams.push(StreamStateReport {
                stream: id.clone(),
                forward: forward.meeting(forth.as_ref(), false),
                back: backward.meeting(back.as_ref(), true),
                is_mirrored: forth.is_none() && back.is_none() && forward.mirrors(&backward),
            });
        }
    }
    // Samples of one side that nothing of the other side can be held against.
    if open {
        found.deltas.push(delta(
            None,
            &Found::plain(StateChange::OnlyOneSide),
            StateContext::default(),
            StreamContext::default(),
        ));
    }
    found.rolls_back = rolls_back(&found.streams, &before, &after);
    found
}

/// What happens to the state of sets of streams that manifests make while they run. No sample is known to be of one.
pub(super) fn sets_diff(old: &Connector, new: &Connector) -> Vec<Delta> {
    let sets = |side: &Connector| -> Option<Connector> {
        let catalog = side.catalog.as_ref().filter(|catalog| !catalog.open_sets.is_empty())?;
        let keeps = |stream: &&Stream| stream.properties().is_ok_and(|properties| properties.state.is_some());
        let streams = catalog.open_sets.iter().filter(keeps).cloned().collect();
        let catalog = Catalog { streams, open_sets: Vec::new(), ..catalog.clone() };
        Some(Connector {
            catalog: Some(catalog),
            unlisted_parents: side.unlisted_parents.clone(),
            connector_type: side.connector_type,
            code: side.code.clone(),
            ..Connector::default()
        })
    };
    match (sets(old), sets(new)) {
        (Some(old), Some(new)) => diff(&old, &new).deltas,
        _ => Vec::new(),
    }
}

/// What differs in what streams share: keys that go are looked for, and new ones are written beside them.
fn shared(old: &BTreeSet<Vec<KeyName>>, new: &BTreeSet<Vec<KeyName>>) -> Option<Found> {
    // Of what came or went as a whole the top is named.
    let beyond = |one: &BTreeSet<Vec<KeyName>>, other: &BTreeSet<Vec<KeyName>>| -> BTreeSet<KeyName> {
        let is_top = |path: &&Vec<KeyName>| {
            !other.contains(*path) && (path.len() < 2 || other.contains(&path[..path.len() - 1]))
        };
        one.iter().filter(is_top).filter_map(|path| path.last().cloned()).collect()
    };
    let (gone, added) = (beyond(old, new), beyond(new, old));
    let keys = |keys: BTreeSet<KeyName>| (!keys.is_empty()).then_some(StateValue::Keys(keys));
    match (keys(gone), keys(added)) {
        (None, None) => None,
        (None, added) => Some(Found::of(StateChange::KeysAdded, None, added)),
        (gone, added) => Some(Found::of(StateChange::SharedStateChanged, gone, added)),
    }
}

/// The answer where streams are there and nothing shows their state: neither a sample nor a manifest. A captured catalog may
/// have a million of them.
fn silent(old: &Connector, new: &Connector) -> Option<StateDiff> {
    let sides = [old, new];
    let catalogs = || sides.iter().filter_map(|side| side.catalog.as_ref());
    let is_silent = catalogs().any(|catalog| !catalog.streams.is_empty())
        && sides.iter().all(|side| side.states.is_empty())
        && !catalogs().flat_map(Catalog::derived).any(|(stream, _)| is_manifest(stream));
    let are_destinations = sides.iter().all(|side| side.connector_type == ConnectorType::Destination);
    is_silent.then(|| StateDiff { rolls_back: are_destinations.then_some(true), ..StateDiff::default() })
}

/// What a version makes of its own state.
pub(super) fn kept(connector: &Connector) -> StateDiff {
    StateDiff { deltas: Vec::new(), ..diff(connector, connector) }
}

/// Whether a manifest defines the stream.
fn is_manifest(stream: &Stream) -> bool {
    matches!(stream.body, StreamBody::Derived(_)) && stream.standing().is_listed()
}

/// What the envelope of the samples alone does to every stream.
fn envelope(writer: &Side<'_>, reader: &Side<'_>) -> Option<StateChange> {
    let only_legacy = writer.legacy.filter(|_| !writer.per_stream && writer.global.is_none());
    if reader.streams.values().any(|stream| is_manifest(stream)) {
        // A manifest never saved such a message: the sample is older than the version it stands beside.
        if writer.streams.values().any(|stream| is_manifest(stream)) {
            return None;
        }
        if let Some(Some(_)) = &writer.global {
            return Some(StateChange::EnvelopeSwitched { shared: true });
        }
        return (only_legacy == Some(true))
            .then_some(StateChange::EnvelopeLegacyToStream { is_message: true });
    }
    if let Some(is_message) = only_legacy
        && reader.per_stream
    {
        return Some(StateChange::EnvelopeLegacyToStream { is_message });
    }
    let is_switched = writer.global.is_some() != reader.global.is_some();
    let both = writer.is_sampled() && reader.is_sampled();
    (both && is_switched && (writer.per_stream || reader.per_stream)).then(|| {
        let shared = [writer, reader].iter().any(|side| matches!(side.global, Some(Some(_))));
        StateChange::EnvelopeSwitched { shared }
    })
}

/// Whether the old version goes on from whatever the new one saves.
fn rolls_back(streams: &[StreamStateReport], old: &Side<'_>, new: &Side<'_>) -> Option<bool> {
    let sides = [old, new];
    if sides.iter().all(|side| side.connector.connector_type == ConnectorType::Destination) {
        return Some(true);
    }
    if streams.iter().any(|one| one.back.outcome.is_harm()) {
        return Some(false);
    }
    let all_seen = sides.iter().all(|side| {
        side.is_complete()
            && side.connector.faults.is_empty()
            && side.streams.values().all(|stream| is_manifest(stream))
    });
    let known = streams.iter().all(|one| one.back.outcome != StateOutcome::Unknown);
    (all_seen && known).then_some(true)
}
