//! See [`RULE`].

use crate::rules::prelude::*;

/// The parts of the primary key stand in another order.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "primary-key-reordered",
    title: "The parts of the primary key stand in another order",
    level: Level::Cosmetic,
    breaking_type: None,
    bump: Bump::None,
    affects: Affects::Nobody,
    decided: Decided::Policy,
    applies: |_| Some(Level::Cosmetic),
    checks: "The order of `source_defined_primary_key`.",
    why: "Order does not matter to equality.",
    example: "`[a, b]` becomes `[b, a]`.",
    effect: Template::new("Nothing: the platform compares the parts as a set."),
    action: NOTHING,
    cannot_see: "",
    reference: "The platform's catalog diff.",
};
