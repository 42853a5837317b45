//! See [`RULE`].

use crate::rules::prelude::*;

/// A stream no longer keeps a position.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-incremental-to-full-refresh",
    title: "A stream no longer keeps a position",
    level: Level::Breaking,
    breaking_type: Some(BreakingType::StateChange),
    bump: Bump::Major,
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    applies: |_| Some(Level::Breaking),
    checks: "A position on the old side, a full refresh marker on the new.",
    why: "Incremental users pay for a full read each time.",
    example: "`{\"updated\": …}` gives way to the marker.",
    effect: Template::new(
        "Saved state of [`{stream}`|the stream] is ignored and everything is read on every sync.",
    ),
    action: &[announce("Announce it and name the stream in `scopedImpact`.")],
    cannot_see: "",
    reference: "Observed on the Python CDK 7.39.1.",
};
