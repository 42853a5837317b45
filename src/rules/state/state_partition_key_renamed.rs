use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-partition-key-renamed",
    title: "Partitions have other keys",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "The keys of `partition` in samples, and those that the routers of a manifest give partitions: \
             the field, the key of the parent that its values come from, and the `parent_slice` with the \
             partition of the parent.",
    why: "A partition is found by the exact JSON of its keys and values.",
    example: Example {
        context: Context::State,
        before: &[
            r#""states": [{"partition": {"board_id": 1}, "cursor": {"updated": "2024-05-01T00:00:00Z"}}]"#,
        ],
        after: &[r#""states": [{"partition": {"board": 1}, "cursor": {"updated": "2024-05-01T00:00:00Z"}}]"#],
    },
    effect: Template::new(
        "Partitions of [`{stream}` are not found ({old} became {new})|the stream are not found]: \
         everything is read again or, with a global position, partitions behind it lose records.",
    ),
    action: MIGRATE_STATE_OR_REFRESH,
    references: &[PARTITIONED_STATE],
    ..Rule::breaking(BreakingType::StateChange)
};
