//! See [`RULE`].

use crate::rules::prelude::*;

/// The destination no longer activates data.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-data-activation-dropped",
    title: "The destination no longer activates data",
    level: Level::Breaking,
    breaking_type: Some(BreakingType::DestinationFormatChange),
    bump: Bump::Major,
    affects: Affects::Everyone,
    decided: Decided::Policy,
    applies: |_| Some(Level::Breaking),
    checks: "`supportsDataActivation` from true to false or absent.",
    why: "Connections that map records to operations of the destination have nothing to map to.",
    example: "`supportsDataActivation: true` is dropped.",
    effect: Template::new("Connections that activate data with this destination stop working."),
    action: &[announce("Announce it for everyone, with what replaces it.")],
    cannot_see: "How many connections use it.",
    reference: "The connector metadata's schema.",
};
