//! See [`RULE`].

use crate::rules::prelude::*;

/// Which fields are required changed.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "schema-required-changed",
    title: "Which fields are required changed",
    level: Level::Cosmetic,
    breaking_type: None,
    bump: Bump::None,
    affects: Affects::Nobody,
    decided: Decided::Policy,
    applies: |_| Some(Level::Cosmetic),
    checks: "`required` of a record schema.",
    why: "Columns are nullable anyway.",
    example: "`required: [id]` is added.",
    effect: Template::new("Nothing: destinations do not look at it."),
    action: NOTHING,
    cannot_see: "",
    reference: "The bulk CDK's reading of schemas.",
};
