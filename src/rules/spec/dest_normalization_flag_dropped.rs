use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-normalization-flag-dropped",
    title: "A destination no longer supports normalization",
    affects: Affects::Everyone,
    checks: "`supportsNormalization: true` that is gone from the spec.",
    why: "What normalization made (sub-tables, casts, names) is a documented output format.",
    example: "`supportsNormalization: true` becomes false.",
    effect: Template::new(
        "Tables that normalization wrote are no longer updated; downstream queries read stale data.",
    ),
    action: &[
        announce("Announce the new format"),
        refresh("and have users refresh their streams after upgrading."),
    ],
    references: &[docs!(
        "The Destinations V2 releases (destination-postgres 2.0.0 and others)",
        "integrations/destinations/postgres-migrations#upgrading-to-200"
    )],
    ..Rule::breaking(BreakingType::DestinationFormatChange)
};
