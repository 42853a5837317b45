use crate::diff::{Change, StateChange};
use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-envelope-legacy-to-stream",
    title: "A single state object became one message per stream",
    affects: Affects::Everyone,
    decided: Decided::Replay,
    applies: |delta, _| match &delta.change {
        Change::State(StateChange::EnvelopeLegacyToStream { is_message: false }) => Some(Level::Review),
        _ => Some(Level::Breaking),
    },
    checks: "The type of state messages in samples of both versions.",
    why: "API sources built on the CDK read only messages per stream.",
    example: Example {
        context: Context::StateMessages,
        before: &[r#"{"type": "LEGACY", "data": {"users": {"updated": "2024-05-01T00:00:00Z"}}}"#],
        after: &[
            r#"{"type": "STREAM", "stream": {"stream_descriptor": {"name": "users"}, "stream_state": {"updated": "2024-05-01T00:00:00Z"}}}"#,
        ],
    },
    effect: Template::new("Every incremental stream is read again: the CDK ignores the legacy state object."),
    action: &[announce("Declare it,"), avoid("or keep reading the legacy form.")],
    cannot_see: "Whether the platform has converted the saved state already.",
    references: &[cdk!("airbyte_cdk/sources/connector_state_manager.py#L103")],
    ..Rule::breaking(BreakingType::StateChange)
};
