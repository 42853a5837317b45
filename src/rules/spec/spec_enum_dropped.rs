//! See [`RULE`].

use crate::rules::prelude::*;

/// A list of allowed values became a free value.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-enum-dropped",
    title: "A list of allowed values became a free value",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Patch,
    affects: Affects::Nobody,
    decided: Decided::Inclusion,
    applies: |_| Some(Level::Safe),
    checks: "`enum` that is gone.",
    why: "Everything that was accepted still is.",
    example: "`enum: [us, eu]` goes.",
    effect: Template::new("Saved values of [{field}|the property] stay valid."),
    action: NOTHING,
    cannot_see: "",
    reference: "The acceptance tests.",
};
