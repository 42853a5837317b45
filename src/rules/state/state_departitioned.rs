use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-departitioned",
    title: "One position per partition became a single position",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "Partitions in the old version, a simple cursor in the new one.",
    why: "A simple cursor does not look for `states`.",
    example: "`{\"states\": […]}` becomes `{\"updated\": …}`.",
    effect: Template::new(
        "The next sync reads [`{stream}`|the stream] again: the partitions in saved state are ignored.",
    ),
    action: MIGRATE_STATE_OR_REFRESH,
    references: &[SAVED_POSITION],
    ..Rule::breaking(BreakingType::StateChange)
};
