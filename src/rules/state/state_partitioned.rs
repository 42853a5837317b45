use crate::diff::StateContext;
use crate::model::StateEvidence;
use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-partitioned",
    title: "A single position became one position per partition",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    applies: |delta, _| match delta.in_state() {
        // Code may look for the partitions only.
        Some(StateContext { evidence: Some(StateEvidence::Samples), .. }) => Some(Level::Review),
        _ => Some(Level::Safe),
    },
    checks: "A simple cursor in the old version, partitions in the new one: in manifests, or in samples, \
             where the finding is `review`.",
    why: "The CDK uses the single old position for every partition.",
    example: Example {
        context: Context::State,
        before: &[r#""updated": "2024-05-01T00:00:00Z""#],
        after: &[
            r#""states": [{"partition": {"board_id": 1}, "cursor": {"updated": "2024-05-01T00:00:00Z"}}]"#,
        ],
    },
    effect: Template::new(
        "Low-code syncs of [`{stream}`|the stream] resume, with every partition at the saved position. \
         Code that reads only partitions fails or starts again.",
    ),
    action: &[nothing("Low-code: nothing to do."), check("Code: start the new version from an old state.")],
    cannot_see: "Whether code that is not low-code, or an old CDK, accepts the single position: some \
                 versions fail without `states`.",
    references: &[
        cdk!(
            "Observed on the Python CDK 7.39.1, low-code only",
            "airbyte_cdk/sources/declarative/incremental/concurrent_partition_cursor.py#L421"
        ),
        github!("source-jira 2.0.1 failed", "airbyte/issues/38929"),
    ],
    ..Rule::safe(Bump::Patch)
};
