//! See [`RULE`].

use crate::rules::prelude::*;

/// A stream's state is saved under another namespace.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-descriptor-namespace-changed",
    title: "A stream's state is saved under another namespace",
    level: Level::Breaking,
    breaking_type: Some(BreakingType::StateChange),
    bump: Bump::Major,
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    applies: |_| Some(Level::Breaking),
    checks: "The stream descriptors in samples of both sides.",
    why: "State is looked up by namespace and name.",
    example: "`public.users` becomes `users`.",
    effect: Template::new(
        "Saved state of [`{stream}`|the stream] is not found under its new namespace: everything is read again.",
    ),
    action: MIGRATE_STATE_OR_REFRESH,
    cannot_see: "",
    reference: "Observed on the Python CDK 7.39.1.",
};
