//! See [`RULE`].

use crate::rules::prelude::*;

/// Options stand in another order.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-oneof-reordered",
    title: "Options stand in another order",
    level: Level::Cosmetic,
    breaking_type: None,
    bump: Bump::None,
    affects: Affects::Nobody,
    decided: Decided::Inclusion,
    applies: |_| Some(Level::Cosmetic),
    checks: "The order of the options of a `oneOf`.",
    why: "Options are told apart by value, never by place.",
    example: "Two options swap places.",
    effect: Template::new("The form lists the options of [{field}|the property] in another order."),
    action: NOTHING,
    cannot_see: "",
    reference: "Observed on the Python CDK 7.39.1.",
};
