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
    checks: "The JSON types of partition values in samples, and of the parent's key in the schemas of manifests.",
    why: "The number 1 and the text \"1\" are different partitions.",
    example: "`{\"id\": 1}` becomes `{\"id\": \"1\"}`.",
    effect: Template::new(
        "No saved partition of [`{stream}` is found ({old} became {new})|the stream is found]. With a global \
         position beside them, partitions that lagged behind lose records without a word; without one, everything is \
         read again.",
    ),
    action: MIGRATE_STATE_OR_REFRESH,
    cannot_see: "Whether records really hold what the schema declares.",
    references: &[PARTITIONED_STATE],
    ..Rule::breaking(BreakingType::StateChange)
};
