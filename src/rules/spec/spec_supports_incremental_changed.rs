//! See [`RULE`].

use crate::rules::prelude::*;

/// The deprecated flag supportsIncremental changed.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-supports-incremental-changed",
    title: "The deprecated flag supportsIncremental changed",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::None,
    affects: Affects::Nobody,
    decided: Decided::Policy,
    applies: |_| Some(Level::Safe),
    checks: "`supportsIncremental`.",
    why: "`supported_sync_modes` of each stream is the truth.",
    example: "`supportsIncremental: true` goes.",
    effect: Template::new("Nothing: the sync modes of each stream decide."),
    action: NOTHING,
    cannot_see: "",
    reference: "The Airbyte protocol.",
};
