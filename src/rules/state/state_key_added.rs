//! See [`RULE`].

use crate::rules::prelude::*;

/// State has another key.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-key-added",
    title: "State has another key",
    level: Level::Cosmetic,
    breaking_type: None,
    bump: Bump::None,
    affects: Affects::Nobody,
    decided: Decided::Replay,
    applies: |_| Some(Level::Cosmetic),
    checks: "Keys of state in samples of both sides.",
    why: "Unknown and missing extra keys are harmless.",
    example: "`lookback_window` is added.",
    effect: Template::new("Saved state of [`{stream}`|the stream] is read as before."),
    action: NOTHING,
    cannot_see: "",
    reference: "Observed on the Python CDK 7.39.1.",
};
