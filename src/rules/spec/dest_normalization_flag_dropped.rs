use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-normalization-flag-dropped",
    title: "A destination no longer supports normalization",
    affects: Affects::Everyone,
    checks: "`supportsNormalization: true` that is removed from the spec.",
    why: "What normalization writes (sub-tables, casts, names) is a documented output format.",
    example: Example {
        context: Context::Spec,
        before: &["supportsNormalization: true"],
        after: &["supportsNormalization: false"],
    },
    effect: Template::new("Tables that normalization wrote become stale."),
    action: &[announce("Declare the new format."), refresh("Users refresh their streams.")],
    references: &[docs!(
        "The Destinations V2 releases (destination-postgres 2.0.0 and others)",
        "integrations/destinations/postgres-migrations#upgrading-to-200"
    )],
    ..Rule::breaking(BreakingType::DestinationFormatChange)
};
