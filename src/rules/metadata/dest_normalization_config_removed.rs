//! See [`RULE`].

use crate::rules::prelude::*;

/// The normalization image was removed.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-normalization-config-removed",
    title: "The normalization image was removed",
    level: Level::Breaking,
    breaking_type: Some(BreakingType::DestinationFormatChange),
    bump: Bump::Major,
    affects: Affects::Everyone,
    decided: Decided::Policy,
    applies: |_| Some(Level::Breaking),
    checks: "`normalizationConfig` in `metadata.yaml`.",
    why: "Without the image nothing normalizes.",
    example: "`normalizationConfig` goes.",
    effect: Template::new("Tables that normalization wrote are no longer updated."),
    action: &[
        announce("Announce the new format"),
        refresh("and have users refresh their streams after upgrading."),
    ],
    cannot_see: "",
    reference: "The Destinations V2 releases.",
};
