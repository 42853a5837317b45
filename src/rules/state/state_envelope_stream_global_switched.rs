use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-envelope-stream-global-switched",
    title: "State per stream became one for all, or the reverse",
    affects: Affects::Everyone,
    decided: Decided::Replay,
    applies: |delta, _| match delta.change {
        Change::State(StateChange::EnvelopeSwitched { shared: false }) => Some(Level::Review),
        _ => Some(Level::Breaking),
    },
    checks: "The type of state messages in samples of both sides.",
    why: "The two are read by different code.",
    example: "STREAM messages become one GLOBAL message.",
    effect: Template::new(
        "Saved state is in the other envelope: with `shared_state` the CDK refuses it and every sync fails; without \
         it, syncs go on.",
    ),
    action: &[announce("Announce it;"), refresh("users refresh their streams after upgrading.")],
    references: &[cdk!("airbyte_cdk/sources/connector_state_manager.py#L103")],
    ..Rule::breaking(BreakingType::StateChange)
};
