//! See [`RULE`].

use crate::rules::prelude::*;

/// A pattern was removed.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-pattern-dropped",
    title: "A pattern was removed",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Patch,
    affects: Affects::Nobody,
    decided: Decided::Inclusion,
    applies: |delta| {
        matches!(delta.change, Change::Spec(SpecChange::Pattern(KeywordEdit::Dropped))).then_some(Level::Safe)
    },
    checks: "`pattern` that is gone.",
    why: "Everything that was accepted still is.",
    example: "`pattern` goes.",
    effect: Template::new("Saved values of [{field}|the property] stay valid."),
    action: NOTHING,
    cannot_see: "",
    reference: "Observed on the Python CDK 7.39.1.",
};
