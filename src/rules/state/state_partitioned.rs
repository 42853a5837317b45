//! See [`RULE`].

use crate::rules::prelude::*;

/// One position became one per partition.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-partitioned",
    title: "One position became one per partition",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Patch,
    affects: Affects::Nobody,
    decided: Decided::Replay,
    applies: |_| Some(Level::Safe),
    checks: "A simple cursor on the old side, partitions on the new.",
    why: "The CDK takes the old position for every partition.",
    example: "`{\"updated\": …}` becomes `{\"states\": […]}`.",
    effect: "Saved state of `{stream}` seeds every partition and syncs go on.",
    action: "Nothing.",
    cannot_see: "Connectors that are not low-code.",
    reference: "Observed on the Python CDK 7.39.1, low-code only.",
};
