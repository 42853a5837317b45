//! See [`RULE`].

use crate::rules::prelude::*;

/// The config is no longer an object.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-source-root-type-changed",
    title: "The config is no longer an object",
    level: Level::Breaking,
    breaking_type: Some(BreakingType::SpecChange),
    bump: Bump::Major,
    affects: Affects::Everyone,
    decided: Decided::Inclusion,
    applies: |_| Some(Level::Breaking),
    checks: "`type` at the root of `connectionSpecification`.",
    why: "The platform stores objects.",
    example: "`type: object` becomes `type: array`.",
    effect: Template::new("No saved config is accepted: all of them are objects."),
    action: &[avoid("Make the root of `connectionSpecification` an object again.")],
    cannot_see: "",
    reference: "The Airbyte protocol.",
};
