use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-partition-values-changed",
    title: "New partitions start at the position of the others",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "The values that list routers of both manifests name, and the parents of substream routers.",
    why: "A partition without a position starts at the one for all, not at the start date.",
    example: "`values: [open, closed]` becomes `values: [open, closed, archived]`.",
    effect: Template::new(
        "Connections that synced [`{stream}` before never get the history of what is new ({new})|the stream before \
         never get the history of what is new]: it starts at the position that the other partitions reached.",
    ),
    action: &[
        document("If its history matters, say so in the release notes:"),
        refresh("users refresh the stream to get it."),
    ],
    cannot_see: "Whether what is new has a history.",
    references: &[cdk!("airbyte_cdk/sources/declarative/incremental/concurrent_partition_cursor.py#L327")],
    ..Rule::review(Bump::Minor)
};
