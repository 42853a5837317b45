//! See [`RULE`].

use crate::rules::prelude::*;

/// Partitions share one position, or no longer do.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-global-cursor-toggled",
    title: "Partitions share one position, or no longer do",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Patch,
    affects: Affects::Nobody,
    decided: Decided::Replay,
    applies: |_| Some(Level::Safe),
    checks: "`use_global_cursor` and `states` in samples of both sides.",
    why: "The stored state's own flag decides how it is read.",
    example: "`states` give way to one `state`.",
    effect: Template::new("Syncs of [`{stream}`|the stream] go on in either direction."),
    action: NOTHING,
    cannot_see: "",
    reference: "Observed on the Python CDK 7.39.1.",
};
