use crate::diff::{Change, StateChange};
use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-partition-value-type-changed",
    title: "Partition values have another JSON type",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    applies: |delta, _| match &delta.change {
        Change::State(StateChange::PartitionValueTypeChanged { sure: false, .. }) => Some(Level::Review),
        _ => Some(Level::Breaking),
    },
    checks: "The JSON types of partition values in samples, and of the parent's key in the schemas of \
             manifests.",
    why: "The number 1 and the text \"1\" are different partitions.",
    example: Example {
        context: Context::State,
        before: &[
            r#""states": [{"partition": {"board_id": 1}, "cursor": {"updated": "2024-05-01T00:00:00Z"}}]"#,
        ],
        after: &[
            r#""states": [{"partition": {"board_id": "1"}, "cursor": {"updated": "2024-05-01T00:00:00Z"}}]"#,
        ],
    },
    effect: Template::new(
        "Partitions of [`{stream}` are not found ({old} became {new})|the stream are not found]: \
         everything is read again or, with a global position, partitions behind it lose records.",
    ),
    action: MIGRATE_STATE_OR_REFRESH,
    cannot_see: "Whether records really hold what the schema declares.",
    references: &[PARTITIONED_STATE],
    ..Rule::breaking(BreakingType::StateChange)
};
