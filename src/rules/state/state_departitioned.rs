//! See [`RULE`].

use crate::rules::prelude::*;

/// One position per partition became one.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-departitioned",
    title: "One position per partition became one",
    level: Level::Breaking,
    breaking_type: Some(BreakingType::StateChange),
    bump: Bump::Major,
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    applies: |_| Some(Level::Breaking),
    checks: "Partitions on the old side, a simple cursor on the new.",
    why: "A plain cursor does not look for `states`.",
    example: "`{\"states\": […]}` becomes `{\"updated\": …}`.",
    effect: Template::new(
        "The partitions in the saved state of [`{stream}`|the stream] are not looked at: everything is read again.",
    ),
    action: MIGRATE_STATE_OR_REFRESH,
    cannot_see: "",
    reference: "Observed on the Python CDK 7.39.1.",
};
