use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-dbt-flag-dropped",
    title: "A destination no longer runs custom dbt transformations",
    breaking_type: Some(BreakingType::DestinationFormatChange),
    affects: Affects::Everyone,
    checks: "`supportsDBT` in the spec, `supportsDbt` in the metadata.",
    why: "The platform ran the transformation after each sync.",
    example: Example {
        context: Context::Spec,
        before: &["supportsDBT: true"],
        after: &["supportsDBT: false"],
    },
    effect: Template::new("Custom dbt transformations no longer run after a sync."),
    action: &[
        check("Check whether a release still offered them;"),
        leave("users run the transformation outside Airbyte."),
    ],
    references: &[protocol!("The Airbyte protocol, `supportsDBT`", "#L717")],
    ..Rule::review(Bump::Minor)
};
