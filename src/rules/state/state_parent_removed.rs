use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-parent-removed",
    title: "The position of a parent is no longer saved",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "`parent_state` in samples of both versions.",
    why: "The position of the parent decides which parents a sync visits.",
    example: Example {
        context: Context::State,
        before: &[
            r#""states": [{"partition": {"board_id": 1}, "cursor": {"updated": "2024-05-01T00:00:00Z"}}],"#,
            r#""parent_state": {"boards": {"updated": "2024-05-01T00:00:00Z"}}"#,
        ],
        after: &[
            r#""states": [{"partition": {"board_id": 1}, "cursor": {"updated": "2024-05-01T00:00:00Z"}}]"#,
        ],
    },
    effect: Template::new(
        "The next sync reads [the parent {old} of `{stream}`|a parent of the stream] again, and perhaps \
         its children.",
    ),
    action: &[document("Expect more requests at first,"), ship_migration("or ship a state migration.")],
    references: &[PARENT_STATE],
    ..Rule::review(Bump::Minor)
};
