//! Saved state met by the cursor of a manifest.
//!
//! The outcomes are those that the Python CDK 7.39.1 was seen to have. What is saved comes from a sample, or from the
//! manifest that saves it; both are met in the same way.

use std::collections::{BTreeMap, BTreeSet};

use super::Found;
use super::parent::parents;
use super::partition::partitions;
use super::position::{before_start, counts, positions, read_as, seen};
use crate::diff::{KeyValues, StateChange, StateValue};
use crate::model::{
    JsonType, PartitionForm, PartitionValue, Positions, SavedState, StateClass, StateOutcome, StateTraits,
};

/// The CDK's own state migration; every other one is a class of the connector.
pub(super) const LEGACY_MIGRATION: &str = "LegacyToPerPartitionStateMigration";

/// The JSON types that a stream declares for a field, null left out; `None` where it does not say.
pub(super) type FieldTypes<'t> = &'t dyn Fn(&str, &str) -> Option<BTreeSet<JsonType>>;

/// The declared types of fields on both sides: where the state was saved, and where it is read.
#[derive(Clone, Copy)]
pub(super) struct Types<'t> {
    pub(super) saved: FieldTypes<'t>,
    pub(super) read: FieldTypes<'t>,
    /// How the version that saved the state keeps it, where its manifest shows that.
    pub(super) saving: Option<&'t StateTraits>,
}

impl Types<'_> {
    /// For the state of a parent: how it was kept is not followed.
    pub(super) fn of_parent(self) -> Self {
        Self { saving: None, ..self }
    }
}

/// What a cursor would save.
pub(super) fn saved_by(traits: &StateTraits) -> SavedState {
    let mut saved = SavedState::of(match (traits.partitioned, traits.global) {
        (false, _) => StateClass::Simple,
        (true, false) => StateClass::PerPartition,
        (true, true) => StateClass::GlobalSubstream,
    });
    if let Some([field]) = traits.cursor_field.as_deref() {
        let positions = match &traits.writes {
            _ if counts(traits) => Positions::Counted,
            Some(format) => Positions::Written(format.clone()),
            None => Positions::Unknown,
        };
        saved.cursor.insert(field.clone(), positions);
        if saved.class == StateClass::Simple {
            saved.keys.insert(field.clone());
        }
    }
    saved.global = traits.partitioned;
    if !traits.global {
        saved.partitions = traits.partitions.clone().unwrap_or_default();
    }
    let parents = traits.parents.iter().filter(|parent| parent.dependent && traits.keeps_parents);
    saved.parents = parents
        .map(|parent| {
            let state = parent.state.as_ref().map_or_else(|| SavedState::of(StateClass::NoCursor), saved_by);
            (parent.name.clone(), state)
        })
        .collect();
    saved
}

/// What differs for a cursor that starts from this state; nothing where it goes on.
pub(super) fn meet(saved: &SavedState, traits: &StateTraits, types: Types<'_>) -> Vec<Found> {
    let looks_inside = looks_inside(saved, traits);
    if looks_inside && saved.is_broken {
        let (was, now) = match traits.partitioned {
            true => (StateClass::PerPartition, StateClass::PerPartition),
            false => (StateClass::Slices, StateClass::Simple),
        };
        let change = StateChange::ClassChanged { outcome: StateOutcome::Fails };
        return vec![Found::of(change, StateValue::Broken(was), StateValue::Class(now))];
    }
    let field = match traits.cursor_field.as_deref() {
        Some([field]) => Some(field),
        _ => None,
    };
    let is_hidden = field.is_some_and(|field| saved.may_hide(field, !looks_inside));
    // Of joined samples one may hide what another shows.
    let is_shown = field.is_some_and(|field| {
        saved.beside.contains_key(field)
            || (looks_inside || saved.is_flat()) && saved.cursor.contains_key(field)
    });
    let mut found = Vec::new();
    if is_shown || !is_hidden {
        let at_top = if looks_inside { None } else { at_top(saved, traits, types) };
        found = at_top.unwrap_or_else(|| by_class(saved, traits, types));
    }
    if is_hidden || looks_inside && traits.partitioned && !saved.other_partitions.is_empty() {
        found.push(Found::plain(StateChange::KeysNotRead));
    }
    found
}

/// Whether a cursor looks for partitions or ranges before it looks for its field at the top.
fn looks_inside(saved: &SavedState, traits: &StateTraits) -> bool {
    match traits.partitioned {
        true => {
            // The other keys of these classes may stand beside a plain position. A manifest shows no keys.
            matches!(saved.class, StateClass::PerPartition | StateClass::GlobalSubstream)
                && (saved.keys.is_empty() || ["state", "states"].iter().any(|key| saved.keys.contains(*key)))
        }
        false => saved.class == StateClass::Slices,
    }
}

/// A state of each class, met by a cursor that did not find its field at the top.
fn by_class(saved: &SavedState, traits: &StateTraits, types: Types<'_>) -> Vec<Found> {
    use StateClass as C;
    let now = if traits.partitioned { C::PerPartition } else { C::Simple };
    let one = |change| vec![Found::of(change, StateValue::Class(saved.class), StateValue::Class(now))];
    match (saved.class, traits.partitioned) {
        _ if saved.holds_nothing() => Vec::new(),
        (C::NoCursor | C::ResumableDone | C::ResumableToken, _) => one(StateChange::BecameIncremental),
        (C::Simple, partitioned) | (C::Opaque, partitioned)
            if saved.class == C::Simple || finds_field(saved, traits) =>
        {
            let mut found = positions(saved, traits, types);
            if found.is_empty() && partitioned {
                found = one(StateChange::Partitioned);
            }
            found.extend(parents(saved, &traits.parents, types));
            found
        }
        (C::PerPartition | C::GlobalSubstream, false) => {
            let mut found = one(StateChange::Departitioned);
            found.extend(before_start(saved, traits, types));
            found
        }
        (C::PerPartition | C::GlobalSubstream, true)
            if saved.cursor.is_empty() && saved.partitions.is_empty() && !saved.beside.is_empty() =>
        {
            let change = StateChange::ClassChanged { outcome: StateOutcome::ReadsAgain };
            vec![Found::of(change, StateValue::BesidePartitions, StateValue::Class(now))]
        }
        (C::PerPartition | C::GlobalSubstream, true) => {
            let mut found = positions(saved, traits, types);
            // Under another key no position is found at all, of whatever partition.
            let is_renamed = found.iter().any(|one| one.change == StateChange::CursorKeyRenamed);
            if !is_renamed && saved.class == C::PerPartition && saved.other_partitions.is_empty() {
                found.extend(partitions(saved, traits, types));
            }
            found.extend(parents(saved, &traits.parents, types));
            found
        }
        (C::Slices, false) => {
            let values = match saved.cursor.get("slices") {
                // A cursor whose formats are not known may read them.
                Some(Positions::Seen(forms)) if counts(traits) || !traits.reads.is_empty() => {
                    seen("slices", forms, traits, types, read_as("slices", traits).as_ref())
                }
                _ => Vec::new(),
            };
            if values.is_empty() { one(StateChange::SlicesToSequential) } else { values }
        }
        (C::LegacyMap, true) => legacy_map(saved, traits, types),
        _ => one(StateChange::ClassChanged { outcome: StateOutcome::ReadsAgain }),
    }
}

/// A cursor looks for its field at the top, whatever stands beside it; `None` where it is not there, or where that is
/// all there is.
fn at_top(saved: &SavedState, traits: &StateTraits, types: Types<'_>) -> Option<Vec<Found>> {
    let [field] = traits.cursor_field.as_deref()? else { return None };
    if let Some(positions) = saved.beside.get(field) {
        let mut plain = SavedState::of(StateClass::Simple);
        plain.cursor.insert(field.clone(), positions.clone());
        plain.keys.insert(field.clone());
        plain.parents.clone_from(&saved.parents);
        return Some(meet(&plain, traits, types));
    }
    let is_plain = saved.is_flat() && saved.cursor.contains_key(field);
    let is_migrated = saved.class == StateClass::LegacyMap && !traits.migrations.is_empty();
    let is_other = saved.keys.contains(field) && !is_plain && !is_migrated;
    is_other.then(|| {
        let was = StateValue::values(field, KeyValues::Nested);
        vec![Found::of(StateChange::CursorValueTypeChanged, was, read_as(field, traits))]
    })
}

/// Whether the cursor finds a plain value under its name in a state of another form.
fn finds_field(saved: &SavedState, traits: &StateTraits) -> bool {
    matches!(traits.cursor_field.as_deref(), Some([field]) if saved.cursor.contains_key(field))
}

/// A map by partition id, after the CDK's migration where it is declared and applies.
fn legacy_map(saved: &SavedState, traits: &StateTraits, types: Types<'_>) -> Vec<Found> {
    let replaced = |migrated| {
        let change = StateChange::LegacyMapReplaced { migrated };
        let now = StateValue::Class(StateClass::PerPartition);
        vec![Found::of(change, StateValue::Class(saved.class), now)]
    };
    let is_declared = traits.migrations.iter().any(|class| class == LEGACY_MIGRATION);
    // The migration wants one parent, and every value under the name of the cursor.
    let (Some(forms), Some([field])) = (&traits.partitions, traits.cursor_field.as_deref()) else {
        return replaced(false);
    };
    let is_union = |form: &PartitionForm| form.len() == 1;
    let applies = is_declared
        && saved.cursor.len() == 1
        && saved.cursor.contains_key(field)
        && (traits.parents.len() == 1 || forms.iter().all(is_union));
    let Some(key) = forms.iter().flat_map(BTreeMap::keys).find(|key| *key != "parent_slice") else {
        return replaced(false);
    };
    if !applies {
        return replaced(false);
    }
    // Ids are keys of a JSON object, and so texts.
    let mut migrated = SavedState::of(StateClass::PerPartition);
    migrated.cursor = saved.cursor.clone();
    migrated.partitions =
        BTreeSet::from([BTreeMap::from([(key.clone(), PartitionValue::Seen(JsonType::Text))])]);
    let found = meet(&migrated, traits, types);
    if partitions(&migrated, traits, types).is_empty() {
        let mut all = replaced(true);
        all.extend(found);
        all
    } else {
        let mut all = replaced(false);
        all.extend(found.into_iter().filter(|one| {
            !matches!(
                one.change,
                StateChange::PartitionKeysChanged { .. } | StateChange::PartitionValueTypeChanged { .. }
            )
        }));
        all
    }
}
