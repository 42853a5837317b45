//! See [`RULE`].

use crate::rules::prelude::*;

/// A destination supports refreshes.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-refreshes-gained",
    title: "A destination supports refreshes",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Minor,
    affects: Affects::Nobody,
    decided: Decided::Policy,
    applies: |_| Some(Level::Safe),
    checks: "`supportsRefreshes` that became true.",
    why: "Nothing happens by itself.",
    example: "`supportsRefreshes: true` is added.",
    effect: Template::new("Users can refresh streams."),
    action: NOTHING,
    cannot_see: "",
    reference: "The platform's reading of metadata.",
};
