//! See [`RULE`].

use crate::rules::prelude::*;

/// A record schema refuses undeclared fields.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "schema-closed",
    title: "A record schema refuses undeclared fields",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::None,
    affects: Affects::Nobody,
    decided: Decided::Policy,
    applies: |_| Some(Level::Safe),
    checks: "`additionalProperties: false` where it was not.",
    why: "Destinations read the declared fields either way.",
    example: "`additionalProperties: false` is added.",
    effect: Template::new("Nothing that is synced; Airbyte's checks ask for `additionalProperties: true`."),
    action: &[avoid("Set `additionalProperties` to true.")],
    cannot_see: "",
    reference: "Airbyte's catalog validators.",
};
