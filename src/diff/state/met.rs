//! What was found of one stream's state in one direction, as differences and as an outcome.

use std::mem::discriminant;
use std::sync::Arc;

use super::Found;
use super::meet::LEGACY_MIGRATION;
use crate::diff::delta::{Beside, Change, Delta, StreamContext};
use crate::diff::state_value::join;
use crate::diff::{StateChange, StateContext, StateMigration, state_words};
use crate::model::{Artifact, Pointer, Sides, StateEvidence, StateMeeting, StateOutcome, StreamId};

/// What happens to the state of one stream in one direction.
pub(super) struct Met {
    pub(super) found: Vec<Found>,
    pub(super) evidence: StateEvidence,
    /// What happens where nothing differs.
    pub(super) outcome: StateOutcome,
    /// Why, where nothing differs.
    pub(super) why: String,
    /// A sample that nothing can be held against.
    pub(super) is_open: bool,
    /// Where the sample stands.
    pub(super) place: Option<(usize, Pointer)>,
    /// Where the sample of the other side stands.
    pub(super) new_place: Option<(usize, Pointer)>,
    /// What is known of the stream, where both manifests have it.
    pub(super) context: Option<StreamContext>,
    /// State migrations of the reading side that are classes of the connector.
    pub(super) migrations: Vec<String>,
    /// Only files that people keep by hand show how values are written.
    pub(super) is_by_hand: bool,
}

impl Default for Met {
    fn default() -> Self {
        Self {
            found: Vec::new(),
            evidence: StateEvidence::None,
            outcome: StateOutcome::Unknown,
            why: String::new(),
            is_open: false,
            place: None,
            new_place: None,
            context: None,
            migrations: Vec::new(),
            is_by_hand: false,
        }
    }
}

impl Met {
    pub(super) fn settle(&mut self, outcome: StateOutcome, why: &str) {
        self.outcome = outcome;
        why.clone_into(&mut self.why);
    }

    pub(super) fn settled(mut self, outcome: StateOutcome, why: &str) -> Self {
        self.settle(outcome, why);
        self
    }

    /// Adds what was found. Of one kind of change the worse is kept, and of two alike what was found first.
    pub(super) fn add(&mut self, found: Vec<Found>, evidence: StateEvidence) {
        for mut one in found {
            one.evidence = evidence;
            let kind = discriminant(&one.change);
            match self.found.iter_mut().find(|known| discriminant(&known.change) == kind) {
                Some(known) if one.change.outcome() < known.change.outcome() => *known = one,
                // Of several keys each is named.
                Some(known) if known.evidence == evidence && known.change == one.change => {
                    join(&mut known.values, one.values);
                }
                Some(_) => {}
                None => self.found.push(one),
            }
        }
    }

    fn migration(&self, change: &StateChange) -> Option<StateMigration> {
        match change {
            StateChange::LegacyMapReplaced { migrated: true } => {
                Some(StateMigration::Works { by: LEGACY_MIGRATION.to_owned() })
            }
            change if change.outcome().is_harm() && !self.migrations.is_empty() => {
                Some(StateMigration::Unseen { by: self.migrations.join(", ") })
            }
            _ => None,
        }
    }

    /// Whether a difference rests on values that nobody may have saved.
    fn doubts(&self, one: &Found) -> bool {
        self.is_by_hand && one.evidence == StateEvidence::Replay && one.change.is_of_values()
    }

    /// The differences for the rules.
    pub(super) fn deltas(&self, id: &StreamId) -> Vec<Delta> {
        self.found
            .iter()
            .map(|one| {
                let context = StateContext {
                    evidence: Some(one.evidence),
                    value: one.value.clone(),
                    migration: self.migration(&one.change),
                    is_by_hand: self.doubts(one),
                    ..StateContext::default()
                };
                if let (Some(stream), StateEvidence::Manifests) = (&self.context, one.evidence) {
                    let part = match one.change {
                        StateChange::CustomCursorChanged => "incremental_sync",
                        _ => "default_cursor_field",
                    };
                    let pointer = Some(Pointer::new([part]));
                    let pointer = Sides { old: pointer.clone(), new: pointer };
                    return Delta { pointer, ..delta(Some(id), one, context, stream.clone()) };
                }
                let pointer =
                    |place: &Option<(usize, Pointer)>| place.as_ref().map(|(_, pointer)| pointer.clone());
                let file = |place: &Option<(usize, Pointer)>| place.as_ref().map(|(file, _)| *file);
                let file = Sides { old: file(&self.place), new: file(&self.new_place) };
                let context = StateContext { file, ..context };
                let pointer = Sides { old: pointer(&self.place), new: pointer(&self.new_place) };
                Delta { pointer, ..delta(Some(id), one, context, StreamContext::default()) }
            })
            .collect()
    }

    /// The difference that decides the outcome, with that; `None` where none does.
    fn worst(&self, is_rollback: bool) -> Option<(StateOutcome, &Found)> {
        let outcome_of = |one: &Found| match (&one.change, self.migration(&one.change)) {
            _ if self.doubts(one) => StateOutcome::Unknown,
            (_, Some(StateMigration::Unseen { .. })) => StateOutcome::Unknown,
            (StateChange::BecameFullRefresh, _) if is_rollback => StateOutcome::NothingSaved,
            (StateChange::BecameIncremental, _) if is_rollback => StateOutcome::ReadsAgain,
            (change, _) => change.outcome(),
        };
        // A migration that is gone says nothing of this direction's position.
        let found = self.found.iter().filter(|one| one.change != StateChange::MigrationDropped);
        let worst = found.map(|one| (outcome_of(one), one)).min_by_key(|(outcome, _)| *outcome);
        worst.filter(|(outcome, _)| *outcome <= self.outcome || self.outcome == StateOutcome::Resumes)
    }

    /// Whether the way back meets the same change, shown in the same way, with the two versions swapped.
    pub(super) fn mirrors(&self, back: &Self) -> bool {
        let (Some((_, one)), Some((_, other))) = (self.worst(false), back.worst(true)) else { return false };
        let (there, here) = (state_words(&one.values), state_words(&other.values));
        one.change == other.change
            && one.evidence == other.evidence
            && there.old.is_some()
            && (there.old, there.new) == (here.new, here.old)
    }

    /// The outcome in one word and a reason. In a rollback, the old version's own full refresh loses nothing.
    pub(super) fn meeting(&self, envelope: Option<&StateChange>, is_rollback: bool) -> StateMeeting {
        if let Some(change) = envelope {
            return StateMeeting {
                outcome: change.outcome(),
                why: change.why("", ""),
                evidence: StateEvidence::Replay,
            };
        }
        let Some((outcome, one)) = self.worst(is_rollback) else {
            return StateMeeting { outcome: self.outcome, why: self.why.clone(), evidence: self.evidence };
        };
        let words = state_words(&one.values);
        let mut why = one
            .change
            .why(words.old.as_deref().unwrap_or_default(), words.new.as_deref().unwrap_or_default());
        if let Some(StateMigration::Unseen { by }) = self.migration(&one.change) {
            why.push_str(&format!("; {by} may migrate it"));
        }
        if self.doubts(one) {
            why.push_str("; whether such a value was ever saved is not known");
        }
        StateMeeting { outcome, why, evidence: one.evidence }
    }
}

/// A difference of one stream's state, or of all.
pub(super) fn delta(
    stream: Option<&StreamId>,
    found: &Found,
    state: StateContext,
    context: StreamContext,
) -> Delta {
    let state = StateContext { values: found.values.clone(), ..state };
    Delta {
        stream: stream.cloned(),
        beside: Beside::State(Box::new(state), Arc::new(context)),
        ..Delta::new(Artifact::State, Change::State(found.change.clone()))
    }
}
