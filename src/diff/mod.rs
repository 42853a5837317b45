//! From two connectors to the facts that differ between them, with no opinion on any.
//!
//! Order is deterministic: by artifact, then stream, then the walk's own order, whatever the number of threads.

mod behaviour;
mod captured;
mod catalog;
mod delta;
mod destination;
mod destination_change;
mod editions;
mod fragments;
mod listing;
mod metadata;
mod oneof;
mod record_schema;
mod record_template;
mod same_json;
mod spec;
mod spec_edit;
mod spec_envelope;
mod spec_schema;
mod spec_secrets;
mod state;
mod state_change;
mod state_value;
mod state_words;
mod stream;
mod stream_faults;
mod told_once;

pub use delta::{
    Beside, CatalogChange, Change, ConnectorChange, Delta, FieldPlaces, KeywordEdit, MetadataChange,
    MigrationFault, RemovalCertainty, SchemaBound, SpecChange, StreamContext, StreamsRewritten, TypeRelation,
};

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Artifact, BuildChange, Common, Connector, ConnectorType, FaultKind, LoadFault, Pair, StateMessage,
    Stream, StreamId, StreamStateReport, SyncMode, Which,
};

use catalog::CatalogDiff;
pub use destination_change::{ColumnEdit, DestinationChange, DestinationContext, Shown};
pub use state_change::{StateChange, StateContext, StateMigration};
pub use state_value::{CursorPart, KeyValues, StateValue};
pub use state_words::words as state_words;

pub use spec_edit::{accepts_otherwise, alone, contains_references};
pub use spec_schema::is_annotation;
pub use stream_faults::{NewFaults, StreamFault, StreamFaultKind};

/// Something that turned out unreadable when it was compared.
#[derive(Debug, Clone)]
pub struct DiffError {
    /// The side it is on.
    pub side: Which,
    /// The stream that cannot be read.
    pub stream: Box<Stream>,
    /// What is wrong.
    pub message: String,
}

/// What differs between two connectors.
#[derive(Debug)]
pub struct Difference<'c> {
    /// The old side as it is compared: its spec may be another of those that its tests keep.
    pub old: Cow<'c, Connector>,
    /// The new side, likewise.
    pub new: Cow<'c, Connector>,
    /// Each difference.
    pub deltas: Vec<Delta>,
    /// What could not be compared because it cannot be read.
    pub errors: Vec<DiffError>,
    /// What is wrong with streams of the new catalog, and was not before.
    pub faults: Vec<NewFaults>,
    /// What happens to saved state, stream by stream.
    pub states: Vec<StreamStateReport>,
    /// Whether the old version goes on from what the new one saves; `None` where that is not known.
    pub state_rolls_back: Option<bool>,
    /// What differs between the specs for Airbyte Cloud, where the tests of both sides keep one for each edition.
    pub cloud: Option<Box<Difference<'c>>>,
}

/// All differences between two connectors.
pub fn diff<'c>(pair: Pair<'c>) -> Difference<'c> {
    let Pair { old, new, common } = pair;
    if old.is_absent || new.is_absent {
        return of_one(old, new);
    }
    let (old, new) = match editions::aligned(old, new) {
        Some((old, new)) => (Cow::Owned(old), Cow::Owned(new)),
        None => (Cow::Borrowed(old), Cow::Borrowed(new)),
    };
    let cloud = editions::cloud(&old, &new);
    let cloud =
        cloud.map(|(old, new)| Box::new(of_edition(Cow::Owned(old), Cow::Owned(new), &Common::default())));
    Difference { cloud, ..of_edition(old, new, common) }
}

/// What differs in saved state alone, with the stream it differs in.
pub(crate) fn state_changes(old: &Connector, new: &Connector) -> Vec<(Option<StreamId>, StateChange)> {
    let deltas = state::diff(old, new).deltas.into_iter();
    let of_state = deltas.filter_map(|delta| match delta.change {
        Change::State(change) => Some((delta.stream, change)),
        _ => None,
    });
    of_state.collect()
}

/// What differs where one side has no connector. One that was added has no users yet, so nothing differs for anybody.
fn of_one<'c>(old: &'c Connector, new: &'c Connector) -> Difference<'c> {
    let is_removed = new.is_absent && !old.is_absent;
    let removed = || Delta::new(Artifact::Catalog, Change::Connector(ConnectorChange::Removed));
    Difference {
        old: Cow::Borrowed(old),
        new: Cow::Borrowed(new),
        deltas: is_removed.then(removed).into_iter().collect(),
        errors: Vec::new(),
        faults: Vec::new(),
        states: Vec::new(),
        state_rolls_back: None,
        cloud: None,
    }
}

fn of_edition<'c>(old: Cow<'c, Connector>, new: Cow<'c, Connector>, common: &Common) -> Difference<'c> {
    let (before, after) = (&*old, &*new);
    let (CatalogDiff { deltas, errors, faults }, state) = compared(before, after, common);
    Difference {
        deltas,
        errors,
        faults,
        states: state.streams,
        state_rolls_back: state.rolls_back,
        cloud: None,
        old,
        new,
    }
}

fn compared(old: &Connector, new: &Connector, common: &Common) -> (CatalogDiff, state::StateDiff) {
    let mut deltas = connector_deltas(old, new, common);
    let (mut errors, mut faults) = (Vec::new(), Vec::new());
    if let (Some(before), Some(after)) = (&old.spec, &new.spec) {
        let types = [old.connector_type, new.connector_type];
        let is_destination =
            types.contains(&ConnectorType::Destination) && !types.contains(&ConnectorType::Source);
        let of_spec = spec::diff(&before.value, &after.value, is_destination);
        deltas.extend(of_spec.into_iter().map(|delta| delta.within(before, after)));
    }
    if let (Some(before), Some(after)) = (&old.catalog, &new.catalog) {
        let found = catalog::diff(before, after, new, old);
        let of_sets = catalog::sets_diff(before, after, new, old);
        deltas.extend(found.deltas.into_iter().chain(of_sets.deltas));
        errors.extend(found.errors.into_iter().chain(of_sets.errors));
        faults = found.faults;
    }
    deltas.extend(listing::diff(old, new));
    let loads = |side: &Connector| side.faults.iter().all(|fault| fault.kind == FaultKind::Disallowed);
    if loads(old) && loads(new) {
        deltas.extend(behaviour::diff(old, new));
    }
    // What is built from the same files saves and reads the same state, whatever samples say.
    let mut state = if common.is_same_build() { state::kept(old) } else { state::diff(old, new) };
    told_once::tell_once(&mut deltas, &mut state.deltas);
    deltas.append(&mut state.deltas);
    if !common.is_same_build() {
        deltas.extend(state::sets_diff(old, new));
    }
    if let (Some(before), Some(after)) = (&old.metadata, &new.metadata) {
        let is_source = [old.connector_type, new.connector_type].contains(&ConnectorType::Source);
        deltas.extend(metadata::diff(before, after, is_source));
    }
    if compares_what_is_written(Pair { old, new, common }) {
        deltas.extend(destination::diff(old, new));
    }
    (CatalogDiff { deltas, errors, faults }, state)
}

/// Whether what both versions write is compared. Tests of one build differ for reasons of their own, unless it is built with
/// another CDK, which writes for it, or the release says that something breaks. Sources write nothing.
pub fn compares_what_is_written(Pair { old, new, common }: Pair<'_>) -> bool {
    let is_source = [old.connector_type, new.connector_type].contains(&ConnectorType::Source);
    let is_one = matches!(common.build, BuildChange::None { other_cdk: false, .. });
    !is_source && (!is_one || declares_a_break(old, new))
}

/// Whether the new version brings an entry for a breaking change.
fn declares_a_break(old: &Connector, new: &Connector) -> bool {
    let versions = |side: &Connector| -> BTreeSet<String> {
        let entries = side.metadata.iter().flat_map(|metadata| metadata.breaking_changes());
        entries.map(|entry| entry.version).collect()
    };
    !versions(new).is_subset(&versions(old))
}

/// Whether files of both sides show what the destination writes, so that it can be compared.
pub fn shows_what_is_written(old: &Connector, new: &Connector) -> bool {
    destination::are_comparable(&old.written, &new.written)
}

/// Whether what is written differs, whatever else does.
pub fn what_is_written_differs(old: &Connector, new: &Connector) -> bool {
    !destination::diff(old, new).is_empty()
}

/// The place of the file of operations among the tables of a side.
pub(crate) use destination::OPERATIONS;

fn connector_deltas(old: &Connector, new: &Connector, common: &Common) -> Vec<Delta> {
    let mut deltas = Vec::new();
    let mut push = |artifact, change: Change| {
        deltas.push(Delta::new(artifact, change));
    };
    let known: BTreeSet<&str> = old.faults.iter().map(|fault| fault.error.message.as_str()).collect();
    let is_new = |fault: &&LoadFault| {
        fault.kind != FaultKind::Disallowed || !known.contains(fault.error.message.as_str())
    };
    // What is wrong with both in the same way is no news of either.
    let is_apart = |fault: &&LoadFault| !common.has(&fault.error);
    let reasons: Vec<LoadFault> = new.faults.iter().filter(is_new).filter(is_apart).cloned().collect();
    let ran = old.faults.iter().filter(is_apart).all(|fault| fault.kind == FaultKind::Disallowed);
    if ran && !reasons.is_empty() {
        push(Artifact::Catalog, Change::Connector(ConnectorChange::Invalid(reasons)));
    }
    if let (Some(was), Some(is)) = (&old.config_normalization, &new.config_normalization)
        && was != is
    {
        let list = |rules: &serde_json::Value| rules["validations"].as_array().cloned().unwrap_or_default();
        let before = list(was);
        let validations = list(is).iter().any(|validation| !before.contains(validation));
        push(Artifact::Spec, Change::Spec(SpecChange::NormalizationChanged { validations }));
    }
    // What tests keep is what the code builds, as far as anybody knows.
    let has_file = |side: &Connector| {
        side.spec.is_some() && !side.is_spec_golden && !side.is_spec_given && !side.layouts.is_empty()
    };
    let built = match (&old.spec_in_code, &new.spec_in_code) {
        (None, Some(file)) if has_file(old) => Some(file),
        (Some(file), None) if has_file(new) => Some(file),
        _ => None,
    };
    if let Some(file) = built {
        push(Artifact::Spec, Change::Connector(ConnectorChange::SpecRewritten(file.clone())));
    }
    if let Some(rewritten) = rewritten_streams(old, new) {
        push(Artifact::State, Change::Connector(ConnectorChange::StateRewritten(rewritten)));
    }
    deltas
}

/// Incremental streams whose position Python kept and a manifest reads, or the reverse: how Python writes a position is
/// not read. What a sample of the old version shows is judged by that sample.
fn rewritten_streams(old: &Connector, new: &Connector) -> Option<StreamsRewritten> {
    let (before, after) = (old.catalog.as_ref()?, new.catalog.as_ref()?);
    if before.captured || after.captured {
        return None;
    }
    let old_streams: BTreeMap<&StreamId, &Stream> =
        before.streams.iter().map(|stream| (&stream.id, stream)).collect();
    let sampled: BTreeSet<&StreamId> = old
        .states
        .iter()
        .flat_map(|sample| &sample.messages)
        .flat_map(StateMessage::streams)
        .map(|state| &state.id)
        .collect();
    let moved: Vec<&Stream> = after
        .streams
        .iter()
        .filter_map(|is| Some((*old_streams.get(&is.id)?, is)))
        .filter(|(was, is)| was.standing().is_listed() != is.standing().is_listed())
        .filter(|(_, is)| !sampled.contains(&is.id))
        .filter(|(was, is)| {
            let (old, new) = (keeps_a_position(was, old), keeps_a_position(is, new));
            old != Some(false) && new != Some(false) && (old == Some(true) || new == Some(true))
        })
        .map(|(_, is)| is)
        .collect();
    let into_manifest = |stream: &&Stream| stream.standing().is_listed();
    let first = into_manifest(moved.first()?);
    let mut streams: Vec<StreamId> = moved.iter().map(|stream| stream.id.clone()).collect();
    streams.sort();
    streams.dedup();
    let is_alike = moved.iter().all(|stream| into_manifest(stream) == first);
    // What a side without Python has them from is not said to be Python.
    let python = if first { &old.code } else { &new.code };
    let into_manifest = (is_alike && !python.is_empty()).then_some(first);
    Some(StreamsRewritten { streams, into_manifest })
}

/// Whether a stream keeps a position, by its manifest or its code; `None` where that is not known.
fn keeps_a_position(stream: &Stream, side: &Connector) -> Option<bool> {
    if !stream.standing().is_listed() {
        return state::keeps_position(&side.code, &stream.id.name);
    }
    let properties = stream.properties().ok()?;
    match &properties.state {
        Some(_) => Some(true),
        None => properties.supported_sync_modes.known().map(|modes| modes.contains(&SyncMode::Incremental)),
    }
}
