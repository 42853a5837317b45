//! See [`RULE`].

use crate::rules::prelude::*;

/// The new sample has state for another stream.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-missing-in-old",
    title: "The new sample has state for another stream",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Patch,
    affects: Affects::Nobody,
    decided: Decided::Replay,
    applies: |_| Some(Level::Safe),
    checks: "Streams that only the new sample holds.",
    why: "There was no position to lose.",
    example: "`events` is only in the new sample.",
    effect: Template::new("Nothing that was saved is affected."),
    action: NOTHING,
    cannot_see: "",
    reference: "What the samples show.",
};
