//! See [`RULE`].

use crate::rules::prelude::*;

/// Only constraints on values changed.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "schema-constraint-only",
    title: "Only constraints on values changed",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Patch,
    affects: Affects::Nobody,
    decided: Decided::Policy,
    applies: |_| Some(Level::Safe),
    checks: "`enum`, lengths, patterns and other keywords that are no type.",
    why: "They decide no column.",
    example: "`enum: [open, closed]` goes.",
    effect: Template::new("Nothing: destinations do not look at [{detail}|constraints on values]."),
    action: NOTHING,
    cannot_see: "",
    reference: "The bulk CDK's reading of schemas.",
};
