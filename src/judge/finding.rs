//! One difference, judged by its rule, by what comparing the accepted configs says of it, and by the policy.

use std::borrow::Cow;
use std::sync::Arc;

use super::consent::Consent;
use super::evidence::evidence;
use super::identity;
use super::inclusion::Asked;
use super::python_migration::PythonMigrations;
use super::scope::scope;
use super::wording::{self, Circumstance, loses_an_option};
use crate::diff::{CatalogChange, Change, Delta, MetadataChange, SpecChange, StateMigration};
use crate::model::{
    Action, Artifact, ArtifactPlace, BreakingType, Bump, Decided, Decision, Edition, Finding, Fragment,
    Level, Migration, MigrationKind, Pointer, Sides, StepKind, Words,
};
use crate::policy::Policy;
use crate::rules::Rule;
use serde_json::Value;

/// `own` is the level the rule gives; the policy may set another.
pub(super) fn finding(
    asked: &Asked,
    rule: &Rule,
    own: Level,
    policy: &Policy,
    (migrations, consent): (&PythonMigrations<'_>, &Consent),
) -> Finding {
    let delta = &asked.delta;
    let own = decided(asked, rule, own);
    // What a migration in code leaves of a config nobody can say.
    let in_code = if own == Level::Breaking { migrations.of_key(delta) } else { None };
    let own = if in_code.is_some() { Level::Review } else { own };
    let unseen = in_code.map(|by| StateMigration::Unseen { by });
    let migrated = unseen.as_ref().or(state_migration(delta));
    let set = policy.level(rule, own);
    let level = set.map_or(own, |(level, _)| level);
    let circumstance = Circumstance::of(asked, rule, own, migrated);
    let values = wording::values(delta);
    let Sides { old, new } = wording::sides(delta);
    Finding {
        id: identity::fingerprint(delta, rule),
        rule: rule.id,
        title: (rule.title_of)(delta).unwrap_or(rule.title),
        level,
        own_level: own,
        breaking_type: rule
            .breaking_type
            .or_else(|| (level == Level::Breaking).then(|| type_of(delta.artifact))),
        bump: match level {
            // What a policy calls safe is a fix, and what it asks about might be a break.
            Level::Safe if set.is_some() && own < Level::Safe => Bump::Patch,
            Level::Review if set.is_some() => Bump::Major,
            level => bump(rule, level),
        },
        artifact: delta.artifact,
        stream: delta.stream.clone(),
        field: delta.field.clone(),
        branch: delta.branch.clone(),
        pointer: pointer(delta),
        editions: match delta.change {
            Change::Metadata(MetadataChange::RegistryPin { registry, .. }) => registry.only(),
            _ => &Edition::ALL,
        },
        platform: None,
        related: Vec::new(),
        old: of_its_own(old).map(Fragment::own),
        new: of_its_own(new).map(Fragment::own),
        scope: Arc::new(scope(delta, rule, level)),
        item: wording::item(&delta.change).map(Box::new),
        effect: circumstance.effect(rule, own, rule.effect.fill(&values)),
        action: match set {
            Some((Level::Breaking | Level::Review, _)) if own >= Level::Safe => {
                let why = "The policy file asks to treat this as more than it is: see there.";
                Action::step(StepKind::Check, Words::marked(why))
            }
            _ => {
                let usual = consent.action(delta, rule.fill_action(&values));
                of_set(delta, circumstance.action(delta, rule, own, &values, usual))
            }
        },
        evidence: evidence(asked, rule, own),
        origin: Sides::default(),
        cause: match &delta.change {
            Change::Catalog(CatalogChange::Behaviour { cause, .. }) => cause.clone(),
            _ => None,
        },
        policy: set.map(|(_, set_by)| set_by.to_string()),
        migration: migration(asked, migrated).map(Box::new),
        waived: None,
        destinations: Vec::new(),
    }
}

/// A value that the difference does not have itself. One that it has is [handed over](take_values) when nobody asks the
/// difference for it any more: of many findings the values are the largest part.
fn of_its_own(value: Option<Cow<'_, Value>>) -> Option<Value> {
    match value {
        Some(Cow::Owned(value)) => Some(value),
        Some(Cow::Borrowed(_)) | None => None,
    }
}

/// Hands the values of differences over to their findings.
pub(super) fn take_values(findings: &mut [Finding], deltas: &mut [Delta]) {
    for (finding, delta) in findings.iter_mut().zip(deltas) {
        if delta.in_state().is_none() {
            (finding.old, finding.new) = (delta.old.take(), delta.new.take());
        }
    }
}

/// What to do about streams whose names nobody can list.
fn of_set(delta: &Delta, action: Action) -> Action {
    match delta.in_stream().and_then(|stream| stream.set_from) {
        Some(_) => action.of_unlisted_streams(),
        None => action,
    }
}

fn migration(asked: &Asked, migrated: Option<&StateMigration>) -> Option<Migration> {
    if let Some(by) = &asked.migration {
        let credited = matches!(asked.decision, Some(Decision::Migrated { .. }));
        return Some(Migration { kind: MigrationKind::Config, credited, by: by.clone() });
    }
    let (credited, by) = match migrated? {
        StateMigration::Works { by } => (true, by),
        StateMigration::Unseen { by } => (false, by),
    };
    let kind = match asked.delta.artifact {
        Artifact::Spec => MigrationKind::Config,
        _ => MigrationKind::State,
    };
    Some(Migration { kind, credited, by: by.clone() })
}

fn state_migration(delta: &Delta) -> Option<&StateMigration> {
    delta.in_state()?.migration.as_ref()
}

/// Whether only a file that people keep by hand shows it.
pub(super) fn is_by_hand(delta: &Delta) -> bool {
    delta.in_state().is_some_and(|state| state.is_by_hand)
}

/// The level of a finding after what comparing the accepted configs, or a state migration, says of it.
fn decided(asked: &Asked, rule: &Rule, own: Level) -> Level {
    let Asked { delta, decision, .. } = asked;
    match state_migration(delta) {
        Some(StateMigration::Works { .. }) => return own.max(Level::Safe),
        Some(StateMigration::Unseen { .. }) => return own.max(Level::Review),
        None if is_by_hand(delta) => return own.max(Level::Review),
        None => {}
    }
    match (decision, rule.decided) {
        // Every saved text is of that format already.
        (Some(Decision::Proof { .. }), _) if matches!(delta.change, Change::Spec(SpecChange::Format(_))) => {
            Level::Safe
        }
        (Some(Decision::Migrated { .. }), _) => own.max(Level::Safe),
        // The config stays valid, and the option it was saved under is gone.
        (Some(Decision::Proof { .. }), Decided::Inclusion) if loses_an_option(&delta.change) => Level::Review,
        (Some(Decision::Proof { .. }), Decided::Inclusion) => own.max(Level::Safe),
        (Some(Decision::Witness { .. } | Decision::Sample { .. }), Decided::Inclusion) => Level::Breaking,
        (Some(Decision::Unlikely { .. } | Decision::Unknown { .. }), Decided::Inclusion) => Level::Review,
        _ => own,
    }
}

/// The bump of a finding: the rule's, as far as the level carries it.
fn bump(rule: &Rule, level: Level) -> Bump {
    match level {
        Level::Breaking => Bump::Major,
        Level::Review => rule.bump,
        Level::Safe => rule.bump.min(Bump::Minor),
        Level::Cosmetic => Bump::None,
    }
}

/// The breaking type of a rule that breaks nothing by itself and that a policy made breaking.
fn type_of(artifact: Artifact) -> BreakingType {
    match artifact {
        Artifact::Spec => BreakingType::SpecChange,
        Artifact::State => BreakingType::StateChange,
        Artifact::Destination => BreakingType::DestinationFormatChange,
        _ => BreakingType::SchemaChange,
    }
}

fn pointer(delta: &Delta) -> Sides<Option<ArtifactPlace>> {
    let full = |pointer: &Option<Pointer>, stream: Option<usize>| {
        Some(ArtifactPlace { stream, pointer: pointer.clone()? })
    };
    // No list has an entry for a set.
    let is_set = delta.in_stream().is_some_and(|stream| stream.set_from.is_some());
    let index = if is_set { Sides::default() } else { delta.stream_index() };
    Sides { old: full(&delta.pointer.old, index.old), new: full(&delta.pointer.new, index.new) }
}
