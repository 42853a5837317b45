//! Where the parents of a substream start.

use std::collections::BTreeSet;

use super::Found;
use super::meet::{Types, meet};
use crate::diff::{StateChange, StateValue};
use crate::model::{KeyName, ParentTraits, SavedState, Sides, StateClass, StateOutcome};

/// What a stream without a cursor hands on to its parents, where they fail or skip something by it.
pub(super) fn handed_on(saved: &SavedState, read: &[ParentTraits], types: Types<'_>) -> Vec<Found> {
    let mut found = parents(saved, read, types);
    found.retain(|one| {
        matches!(one.change.outcome(), StateOutcome::Fails | StateOutcome::LosesData | StateOutcome::Unknown)
    });
    found
}

/// The positions of parents, for those that a substream depends on. A parent starts at the position that is kept for it;
/// where there is none, at the substream's own for all partitions, or at its only one. State is handed on from parent to
/// parent in the same way (`_instantiate_parent_stream_state_manager` of airbyte-cdk 7.39.1).
pub(super) fn parents(saved: &SavedState, read: &[ParentTraits], types: Types<'_>) -> Vec<Found> {
    let now: Vec<&ParentTraits> = read.iter().filter(|parent| parent.dependent).collect();
    let names: BTreeSet<&String> = now.iter().map(|parent| &parent.name).collect();
    let gone: BTreeSet<KeyName> =
        saved.parents.keys().filter(|name| !names.contains(name)).map(|name| KeyName::of(name)).collect();
    // The names of a manifest are shown as they are.
    let named = |parents: &[&ParentTraits]| {
        StateValue::Parents(parents.iter().map(|parent| KeyName::Name(parent.name.clone())).collect())
    };
    let mut found = Vec::new();
    let mut is_replaced = false;
    for &parent in &now {
        let kept = saved.parents.get(&parent.name);
        let Some(start) = kept.cloned().or_else(|| seed(saved, parent)) else { continue };
        let met = match &parent.state {
            // A class of its own, or a field that the config names, cannot be met here.
            Some(state) if state.custom_cursor.is_some() || state.cursor_field.is_none() => continue,
            Some(state) => meet(&start, state, types.of_parent()),
            None if kept.is_none() && !saved.global && saved.class == StateClass::Simple => {
                // Its one value is put under the parent's cursor, and there is none.
                let change = StateChange::CursorValueTypeChanged;
                vec![Found::of(change, StateValue::Class(StateClass::Simple), StateValue::NoCursor)]
            }
            None => parents(&start, &parent.parents, types),
        };
        let mut starts_over = false;
        let before = found.len();
        for one in met {
            match one.change {
                StateChange::CursorKeyRenamed | StateChange::Departitioned if kept.is_none() => {
                    starts_over = true;
                }
                _ => found.extend(one.of_parent(&parent.name)),
            }
        }
        if kept.is_some() {
            continue;
        }
        is_replaced = true;
        // What has no cursor has no position to miss.
        let fails = found[before..].iter().any(|one| one.change.outcome() == StateOutcome::Fails);
        if parent.state.is_some() && !starts_over && !(fails && gone.is_empty()) {
            let change = match gone.is_empty() {
                true => StateChange::ParentStateAdded,
                false => StateChange::ParentRenamed,
            };
            found.push(Found::of(change, StateValue::parents(gone.clone()), named(&[parent])));
        }
    }
    if !gone.is_empty() && !is_replaced {
        found.push(Found::of(StateChange::ParentStateRemoved, StateValue::Parents(gone), named(&now)));
    }
    found
}

/// What a parent without a position of its own starts from.
fn seed(saved: &SavedState, parent: &ParentTraits) -> Option<SavedState> {
    let mut seed = SavedState::of(StateClass::Simple);
    if saved.global {
        seed.cursor.clone_from(&saved.cursor);
        seed.keys = saved.cursor.keys().cloned().collect();
        seed.other_keys = saved.other_keys.clone();
        return Some(seed);
    }
    // A single value is put under the name of the parent's cursor.
    if saved.class != StateClass::Simple || saved.keys.len() != 1 {
        return None;
    }
    let value = saved.cursor.values().next()?;
    let field = parent.state.as_ref().and_then(|state| state.cursor_field.as_deref());
    let name = match field {
        Some([field]) => field.clone(),
        _ => saved.cursor.keys().next()?.clone(),
    };
    seed.keys.insert(name.clone());
    seed.cursor.insert(name, value.clone());
    Some(seed)
}

impl Found {
    /// What a difference in the state of a parent is to the stream that hands it on; nothing where that loses nothing.
    pub(super) fn of_parent(self, name: &str) -> Option<Self> {
        let change = match self.change {
            StateChange::BecameIncremental
            | StateChange::Partitioned
            | StateChange::SlicesToSequential
            | StateChange::SequentialToSlices
            | StateChange::GlobalCursorToggled
            | StateChange::KeysAdded
            | StateChange::ParentStateAdded
            | StateChange::ParentStateRemoved
            | StateChange::PartitionValuesAdded => return None,
            change
                if matches!(
                    change.outcome(),
                    StateOutcome::Fails | StateOutcome::LosesData | StateOutcome::Unknown
                ) =>
            {
                change
            }
            _ => StateChange::ParentStateRemoved,
        };
        let Sides { old, new } = self.values;
        let values = match change {
            StateChange::ParentStateRemoved => Sides {
                old: Some(StateValue::Parents(BTreeSet::from([KeyName::Name(name.to_owned())]))),
                new: Some(StateValue::ParentPosition { read: new.map(Box::new), saved: old.map(Box::new) }),
            },
            StateChange::ParentRenamed => Sides { old, new },
            _ => {
                let old = StateValue::InParent { parent: name.to_owned(), value: old.map(Box::new) };
                Sides { old: Some(old), new }
            }
        };
        Some(Self { change, values, ..self })
    }
}
