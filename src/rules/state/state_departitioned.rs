use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-departitioned",
    title: "One position per partition became one",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "Partitions on the old side, a simple cursor on the new.",
    why: "A plain cursor does not look for `states`.",
    example: "`{\"states\": […]}` becomes `{\"updated\": …}`.",
    effect: Template::new(
        "The partitions in the saved state of [`{stream}`|the stream] are not looked at: everything is read again.",
    ),
    action: MIGRATE_STATE_OR_REFRESH,
    references: &[SAVED_POSITION],
    ..Rule::breaking(BreakingType::StateChange)
};
