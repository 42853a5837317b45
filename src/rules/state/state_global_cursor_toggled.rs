use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-global-cursor-toggled",
    title: "Partitions share one position, or no longer do",
    decided: Decided::Replay,
    checks: "`use_global_cursor` and `states` in samples of both versions.",
    why: "The flag in the saved state decides how it is read.",
    example: Example {
        context: Context::State,
        before: &[
            r#""states": [{"partition": {"board_id": 1}, "cursor": {"updated": "2024-05-01T00:00:00Z"}}]"#,
        ],
        after: &[
            r#""use_global_cursor": true, "state": {"updated": "2024-05-01T00:00:00Z"}, "lookback_window": 1"#,
        ],
    },
    effect: Template::new("Syncs of [`{stream}`|the stream] resume in both directions."),
    action: NOTHING,
    references: &[PARTITIONED_STATE],
    ..Rule::safe(Bump::Patch)
};
