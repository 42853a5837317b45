use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-cursor-null",
    title: "Saved state holds an empty position",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "Cursor values of the old sample that are null or an empty text, where the new manifest reads \
             them.",
    why: "The CDK parses the position before it reads records, and an empty value cannot be parsed.",
    example: Example {
        context: Context::Case { place: "`state.json` of the old version", case: "fires" },
        before: &[r#""updated": null"#],
        after: &[r#""updated": null"#],
    },
    effect: Template::new(
        "The whole sync fails for users with an empty position, as in a sample of [`{stream}` ({old})|the \
         stream].",
    ),
    action: &[
        check("Find out whether users can have one;"),
        ship_migration("if so, ship a state migration."),
    ],
    cannot_see: "Whether users have empty positions in their saved state.",
    references: &[SAVED_POSITION],
    ..Rule::review(Bump::Minor)
};
