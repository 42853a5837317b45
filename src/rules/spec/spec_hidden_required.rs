//! See [`RULE`].

use crate::rules::prelude::*;

/// A required property without a default was hidden.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-hidden-required",
    title: "A required property without a default was hidden",
    level: Level::Review,
    breaking_type: Some(BreakingType::SpecChange),
    bump: Bump::Minor,
    affects: Affects::Everyone,
    decided: Decided::Policy,
    applies: |_| Some(Level::Review),
    checks: "`airbyte_hidden: true` on a required property that has neither `default` nor `const`.",
    why: "The form does not show it and validation asks for it.",
    example: "`region` gains `airbyte_hidden`.",
    effect: Template::new("New users cannot fill in [{field}|the property], which the spec requires."),
    action: &[avoid("Give it a default or a constant, or drop it from `required`.")],
    cannot_see: "",
    reference: "Airbyte's connector specification reference.",
};
