//! See [`RULE`].

use crate::rules::prelude::*;

/// An object accepts unknown keys now.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-object-opened",
    title: "An object accepts unknown keys now",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Patch,
    affects: Affects::Nobody,
    decided: Decided::Inclusion,
    applies: |_| Some(Level::Safe),
    checks: "`additionalProperties: false` that is gone.",
    why: "Everything that was accepted still is.",
    example: "`additionalProperties: false` goes.",
    effect: Template::new("Saved configs stay valid."),
    action: NOTHING,
    cannot_see: "",
    reference: "Observed on the Python CDK 7.39.1.",
};
