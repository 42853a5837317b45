//! See [`RULE`].

use crate::rules::prelude::*;

/// A union of objects has other options.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-oneof-changed",
    title: "A union of objects has other options",
    level: Level::Review,
    breaking_type: Some(BreakingType::SchemaChange),
    bump: Bump::Major,
    affects: Affects::Stream,
    decided: Decided::Policy,
    applies: |_| Some(Level::Review),
    checks: "The number of options of a `oneOf` or `anyOf` of objects.",
    why: "Some destinations store a union by its options.",
    example: "An option is split in two.",
    effect: Template::new(
        "[{field} of `{stream}`|The field] is a union of other options; the fields are the same.",
    ),
    action: &[check("Check how the destinations in use store a union of objects.")],
    cannot_see: "",
    reference: "Airbyte's supported data types page; Airbyte's breaking-change policy page.",
};
