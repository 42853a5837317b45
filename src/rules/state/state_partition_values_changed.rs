use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-partition-values-changed",
    title: "New partitions start at the position of the others",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "The values that list routers of both manifests name, and the parents of substream routers.",
    why: "A partition without a position starts at the global position, not at the start date.",
    example: Example {
        context: Context::Case { place: "`manifest.yaml`", case: "fires" },
        before: &[
            "partition_router: {type: ListPartitionRouter, cursor_field: state, values: [open, closed]}",
        ],
        after: &[
            "partition_router: {type: ListPartitionRouter, cursor_field: state, values: [open, closed, archived]}",
        ],
    },
    effect: Template::new(
        "Existing connections never get the history of [{new} in `{stream}`|new partitions]: it starts \
         where the other partitions are.",
    ),
    action: &[document("If it matters, say so in the release notes:"), refresh("users refresh the stream.")],
    cannot_see: "Whether the new partitions have a history.",
    references: &[cdk!("airbyte_cdk/sources/declarative/incremental/concurrent_partition_cursor.py#L327")],
    ..Rule::review(Bump::Minor)
};
