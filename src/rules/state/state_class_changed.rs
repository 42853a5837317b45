//! See [`RULE`].

use crate::rules::prelude::*;

/// State is of another kind altogether.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-class-changed",
    title: "State is of another kind altogether",
    level: Level::Breaking,
    breaking_type: Some(BreakingType::StateChange),
    bump: Bump::Major,
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    applies: |_| Some(Level::Breaking),
    checks: "The kind of state in samples of both sides.",
    why: "Each kind of cursor reads its own kind of state.",
    example: "A file history becomes a cursor.",
    effect: Template::new(
        "Saved state of [`{stream}` ({old}) is not what the new version keeps ({new})|the stream is not what the \
         new version keeps]: it is ignored or fails the sync.",
    ),
    action: MIGRATE_STATE_OR_REFRESH,
    cannot_see: "A migration in the new version.",
    reference: "Observed on the Python CDK 7.39.1.",
};
