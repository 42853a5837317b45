use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-parent-removed",
    title: "A parent's position is no longer kept",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "`parent_state` in samples of both sides.",
    why: "The parent's position decides which parents are visited.",
    example: "`parent_state.boards` goes.",
    effect: Template::new(
        "[`{stream}` no longer keeps the position of {old}|The stream no longer keeps the position of a parent]: \
         the parent is read again, and children may be.",
    ),
    action: &[
        document("Expect more requests at the first sync;"),
        ship_migration("ship a state migration if that is too much."),
    ],
    references: &[PARENT_STATE],
    ..Rule::review(Bump::Minor)
};
