use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-normalization-config-removed",
    title: "The normalization image was removed",
    affects: Affects::Everyone,
    checks: "`normalizationConfig` in `metadata.yaml`.",
    why: "Without the image nothing normalizes.",
    example: "`normalizationConfig` goes.",
    effect: Template::new("Tables that normalization wrote are no longer updated."),
    action: &[
        announce("Announce the new format"),
        refresh("and have users refresh their streams after upgrading."),
    ],
    references: &[docs!("The Destinations V2 releases", "release_notes/upgrading_to_destinations_v2")],
    ..Rule::breaking(BreakingType::DestinationFormatChange)
};
