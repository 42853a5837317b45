//! See [`RULE`].

use crate::rules::prelude::*;

/// The same type is written in another way.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "schema-spelling-only",
    title: "The same type is written in another way",
    level: Level::Cosmetic,
    breaking_type: None,
    bump: Bump::None,
    affects: Affects::Nobody,
    decided: Decided::Policy,
    applies: |_| Some(Level::Cosmetic),
    checks: "Types in a list or alone, in another order, repeated or implied.",
    why: "The Airbyte type is the same.",
    example: "`string` becomes `[string]`.",
    effect: Template::new("Nothing."),
    action: NOTHING,
    cannot_see: "",
    reference: "Airbyte's supported data types page.",
};
