//! See [`RULE`].

use crate::rules::prelude::*;

/// A parent's position is kept.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-parent-added",
    title: "A parent's position is kept",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Patch,
    affects: Affects::Nobody,
    decided: Decided::Replay,
    applies: |_| Some(Level::Safe),
    checks: "`parent_state` in samples of both sides.",
    why: "A missing parent position is made up for.",
    example: "`parent_state.boards` is added.",
    effect: Template::new("Syncs go on; the first one visits every parent."),
    action: NOTHING,
    cannot_see: "",
    reference: "Observed on the Python CDK 7.39.1.",
};
