//! See [`RULE`].

use crate::rules::prelude::*;

/// Only wording changed.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "schema-annotation-only",
    title: "Only wording changed",
    level: Level::Cosmetic,
    breaking_type: None,
    bump: Bump::None,
    affects: Affects::Nobody,
    decided: Decided::Policy,
    applies: |_| Some(Level::Cosmetic),
    checks: "Titles, descriptions, examples and defaults of record schemas.",
    why: "They decide no column.",
    example: "A description is reworded.",
    effect: Template::new("Nothing."),
    action: NOTHING,
    cannot_see: "",
    reference: "The platform lists it as an update and goes on.",
};
