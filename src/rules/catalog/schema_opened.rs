//! See [`RULE`].

use crate::rules::prelude::*;

/// A record schema accepts undeclared fields.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "schema-opened",
    title: "A record schema accepts undeclared fields",
    level: Level::Cosmetic,
    breaking_type: None,
    bump: Bump::None,
    affects: Affects::Nobody,
    decided: Decided::Policy,
    applies: |delta| {
        matches!(delta.change, Change::Catalog(CatalogChange::ClosedChanged { closed: false }))
            .then_some(Level::Cosmetic)
    },
    checks: "`additionalProperties: false` that is gone.",
    why: "Destinations read the declared fields either way.",
    example: "`additionalProperties: false` goes.",
    effect: Template::new("Nothing."),
    action: NOTHING,
    cannot_see: "",
    reference: "Airbyte's catalog validators.",
};
