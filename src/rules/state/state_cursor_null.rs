use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-cursor-null",
    title: "An empty position is saved",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "Cursor values of the old sample that are null or an empty text, where the new manifest reads them.",
    why: "The position is parsed before anything is read, and nothing cannot be parsed.",
    example: "`{\"updated\": null}`.",
    effect: Template::new(
        "A sample of [`{stream}` holds an empty position ({old})|the stream holds an empty position]; users who \
         have one saved see the whole sync fail.",
    ),
    action: &[
        check("Find out whether users can have such a state."),
        ship_migration("If so, ship a state migration that leaves it out."),
    ],
    cannot_see: "Whether states of users hold empty positions.",
    references: &[SAVED_POSITION],
    ..Rule::review(Bump::Minor)
};
