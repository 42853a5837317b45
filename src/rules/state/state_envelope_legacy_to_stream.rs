use crate::diff::{Change, StateChange};
use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-envelope-legacy-to-stream",
    title: "One state object became a message per stream",
    affects: Affects::Everyone,
    decided: Decided::Replay,
    applies: |delta, _| match &delta.change {
        Change::State(StateChange::EnvelopeLegacyToStream { is_message: false }) => Some(Level::Review),
        _ => Some(Level::Breaking),
    },
    checks: "The type of state messages in samples of both sides.",
    why: "API sources built on the CDK read messages per stream only.",
    example: "`{\"users\": …}` becomes a list of STREAM messages.",
    effect: Template::new(
        "Saved state is one legacy object, which the CDK ignores: every incremental stream is read again.",
    ),
    action: &[announce("Announce it,"), avoid("or keep reading the legacy form.")],
    cannot_see: "Whether the platform has converted the saved state already.",
    references: &[cdk!("airbyte_cdk/sources/connector_state_manager.py#L103")],
    ..Rule::breaking(BreakingType::StateChange)
};
