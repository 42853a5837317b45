//! See [`RULE`].

use crate::rules::prelude::*;

/// A field may be null now.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-nullability-added",
    title: "A field may be null now",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Patch,
    affects: Affects::Nobody,
    decided: Decided::Policy,
    applies: |_| Some(Level::Safe),
    checks: "`null` that joined the types of a field.",
    why: "Columns are nullable anyway.",
    example: "`string` becomes `[string, \"null\"]`.",
    effect: Template::new("Nothing: destinations treat every column as nullable."),
    action: NOTHING,
    cannot_see: "",
    reference: "The bulk CDK's reading of schemas.",
};
