use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-departitioned",
    title: "One position per partition became a single position",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "Partitions in the old version, a simple cursor in the new one.",
    why: "A simple cursor does not look for `states`.",
    example: Example {
        context: Context::State,
        before: &[
            r#""states": [{"partition": {"board_id": 1}, "cursor": {"updated": "2024-05-01T00:00:00Z"}}]"#,
        ],
        after: &[r#""updated": "2024-05-01T00:00:00Z""#],
    },
    effect: Template::new(
        "The next sync reads [`{stream}`|the stream] again: the partitions in saved state are ignored.",
    ),
    action: MIGRATE_STATE_OR_REFRESH,
    references: &[SAVED_POSITION],
    ..Rule::breaking(BreakingType::StateChange)
};
