//! See [`RULE`].

use crate::rules::prelude::*;

/// A constant became a free value.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-const-dropped",
    title: "A constant became a free value",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Patch,
    affects: Affects::Nobody,
    decided: Decided::Inclusion,
    applies: |delta| {
        matches!(delta.change, Change::Spec(SpecChange::Const(KeywordEdit::Dropped))).then_some(Level::Safe)
    },
    checks: "`const` that is gone.",
    why: "Everything that was accepted still is.",
    example: "`const: v1` goes.",
    effect: Template::new("Saved values of [{field}|the property] stay valid."),
    action: NOTHING,
    cannot_see: "",
    reference: "Observed on the Python CDK 7.39.1.",
};
