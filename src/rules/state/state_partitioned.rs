use crate::diff::StateContext;
use crate::model::StateEvidence;
use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-partitioned",
    title: "One position became one per partition",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    applies: |delta, _| match delta.in_state() {
        // Code may look for the partitions only.
        Some(StateContext { evidence: Some(StateEvidence::Samples), .. }) => Some(Level::Review),
        _ => Some(Level::Safe),
    },
    checks: "A simple cursor on the old side, partitions on the new: in manifests, or in samples, where it is reviewed.",
    why: "The CDK takes the old position for every partition.",
    example: "`{\"updated\": …}` becomes `{\"states\": […]}`.",
    effect: Template::new(
        "Saved state of [`{stream}`|the stream] is one position. A low-code stream starts every partition at it and \
         goes on; code that looks for partitions only fails, or starts over.",
    ),
    action: &[
        nothing("Nothing for a low-code stream."),
        check("For code, start the new version from an old state and see."),
    ],
    cannot_see: "Whether code that is not low-code, or an old CDK, takes the one position: some failed for want of `states`.",
    references: &[
        cdk!(
            "Observed on the Python CDK 7.39.1, low-code only",
            "airbyte_cdk/sources/declarative/incremental/concurrent_partition_cursor.py#L421"
        ),
        github!("source-jira 2.0.1 failed", "airbyte/issues/38929"),
    ],
    ..Rule::safe(Bump::Patch)
};
