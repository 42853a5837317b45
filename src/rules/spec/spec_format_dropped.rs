//! See [`RULE`].

use crate::rules::prelude::*;

/// A format was removed.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-format-dropped",
    title: "A format was removed",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Patch,
    affects: Affects::Nobody,
    decided: Decided::Policy,
    applies: |delta| {
        matches!(delta.change, Change::Spec(SpecChange::Format(KeywordEdit::Dropped))).then_some(Level::Safe)
    },
    checks: "`format` that is gone.",
    why: "Less is asked for.",
    example: "`format: date` goes.",
    effect: Template::new("Saved values of [{field}|the property] stay valid."),
    action: NOTHING,
    cannot_see: "",
    reference: "Observed on the Python CDK 7.39.1.",
};
