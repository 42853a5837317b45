//! See [`RULE`].

use crate::rules::prelude::*;

/// A bound allows more.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-bound-relaxed",
    title: "A bound allows more",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Patch,
    affects: Affects::Nobody,
    decided: Decided::Inclusion,
    applies: |_| Some(Level::Safe),
    checks: "The same bounds, where they allow more.",
    why: "Everything that was accepted still is.",
    example: "`maximum: 100` becomes `maximum: 1000`.",
    effect: Template::new("Saved values of [{field}|the property] stay valid."),
    action: NOTHING,
    cannot_see: "",
    reference: "Observed on the Python CDK 7.39.1.",
};
