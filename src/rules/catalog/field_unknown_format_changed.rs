//! See [`RULE`].

use crate::rules::prelude::*;

/// A format that destinations do not know changed.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-unknown-format-changed",
    title: "A format that destinations do not know changed",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Patch,
    affects: Affects::Nobody,
    decided: Decided::Policy,
    applies: |_| Some(Level::Safe),
    checks: "`format` values such as `uri`, `email` or `%Y-%m-%d`.",
    why: "Destinations know `date`, `time` and `date-time` only.",
    example: "`format: uri` is added.",
    effect: Template::new("Nothing: [{field}|the field] is text either way."),
    action: NOTHING,
    cannot_see: "",
    reference: "The bulk CDK's reading of schemas.",
};
