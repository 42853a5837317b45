//! See [`RULE`].

use crate::rules::prelude::*;

/// A destination supports another sync mode.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-sync-mode-added",
    title: "A destination supports another sync mode",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Minor,
    affects: Affects::Nobody,
    decided: Decided::Policy,
    applies: |_| Some(Level::Safe),
    checks: "`supported_destination_sync_modes`.",
    why: "Nothing that was chosen changes.",
    example: "`append_dedup` is added.",
    effect: Template::new("[The mode {detail}|Another sync mode] can be chosen."),
    action: NOTHING,
    cannot_see: "",
    reference: "Airbyte's pull request handbook, versioning table.",
};
