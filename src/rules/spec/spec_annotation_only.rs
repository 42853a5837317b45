//! See [`RULE`].

use crate::rules::prelude::*;

/// Only wording or presentation changed.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-annotation-only",
    title: "Only wording or presentation changed",
    level: Level::Cosmetic,
    breaking_type: None,
    bump: Bump::None,
    affects: Affects::Nobody,
    decided: Decided::Inclusion,
    applies: |_| Some(Level::Cosmetic),
    checks: "Titles, descriptions, examples, order, groups, links and other keywords that accept no value \
              more or less.",
    why: "No config is read differently.",
    example: "A description is reworded.",
    effect: Template::new("Texts or the order of the settings form."),
    action: NOTHING,
    cannot_see: "",
    reference: "Airbyte's connector specification reference.",
};
