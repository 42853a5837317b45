//! See [`RULE`].

use crate::rules::prelude::*;

/// One position became date ranges.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-sequential-to-slices",
    title: "One position became date ranges",
    level: Level::Review,
    breaking_type: Some(BreakingType::StateChange),
    bump: Bump::Minor,
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    applies: |_| Some(Level::Review),
    checks: "A simple cursor on the old side, `slices` on the new.",
    why: "Older cursors do not look for `slices`.",
    example: "`{\"updated\": …}` becomes `{\"slices\": […]}`.",
    effect: Template::new(
        "Syncs of [`{stream}`|the stream] go on, but the old version cannot read the new state: a rollback fails or \
         starts over.",
    ),
    action: &[document("Note in the migration guide that the upgrade cannot be undone without a refresh.")],
    cannot_see: "",
    reference: "Observed on the Python CDK 7.39.1.",
};
