use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-partition-key-renamed",
    title: "Partitions are told apart by other keys",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "The keys of `partition` in samples, and those that the routers of a manifest give partitions: the field, the \
             key of the parent that its values come from, and the `parent_slice` with the partition of the parent.",
    why: "A partition is found by the exact JSON of its keys and values.",
    example: "`board_id` becomes `board`.",
    effect: Template::new(
        "No saved partition of [`{stream}` is found ({old} became {new})|the stream is found]. With a global \
         position beside them, partitions that lagged behind lose records without a word; without one, everything is \
         read again.",
    ),
    action: MIGRATE_STATE_OR_REFRESH,
    references: &[PARTITIONED_STATE],
    ..Rule::breaking(BreakingType::StateChange)
};
