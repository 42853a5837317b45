//! See [`RULE`].

use crate::rules::prelude::*;

/// A destination gained normalization or dbt support.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-legacy-output-flag-gained",
    title: "A destination gained normalization or dbt support",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Minor,
    affects: Affects::Nobody,
    decided: Decided::Policy,
    applies: |_| Some(Level::Safe),
    checks: "`supportsNormalization` and `supportsDBT` that became true.",
    why: "Both are opted into per connection.",
    example: "`supportsDBT` becomes true.",
    effect: Template::new("More can be chosen; nothing changes by itself."),
    action: NOTHING,
    cannot_see: "",
    reference: "The Airbyte protocol.",
};
