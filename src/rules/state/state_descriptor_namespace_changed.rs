use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-descriptor-namespace-changed",
    title: "A stream's state is saved under another namespace",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "The stream descriptors in samples of both sides.",
    why: "State is looked up by namespace and name.",
    example: "`public.users` becomes `users`.",
    effect: Template::new(
        "Saved state of [`{stream}`|the stream] is not found under its new namespace: everything is read again.",
    ),
    action: MIGRATE_STATE_OR_REFRESH,
    references: &[cdk!("airbyte_cdk/sources/connector_state_manager.py#L53")],
    ..Rule::breaking(BreakingType::StateChange)
};
