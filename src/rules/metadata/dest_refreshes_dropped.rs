//! See [`RULE`].

use crate::rules::prelude::*;

/// A destination no longer supports refreshes.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-refreshes-dropped",
    title: "A destination no longer supports refreshes",
    level: Level::Breaking,
    breaking_type: Some(BreakingType::DestinationFormatChange),
    bump: Bump::Major,
    affects: Affects::Everyone,
    decided: Decided::Policy,
    applies: |_| Some(Level::Breaking),
    checks: "`supportsRefreshes: true` that is gone.",
    why: "The platform offers refreshes, and overwrite_dedup, only where the flag is set.",
    example: "`supportsRefreshes: true` goes.",
    effect: Template::new("Users can no longer refresh a stream, and the mode overwrite + dedup disappears."),
    action: &[announce("Announce it;"), clear("users clear streams instead of refreshing them.")],
    cannot_see: "",
    reference: "The platform's reading of metadata.",
};
