use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-envelope-stream-global-switched",
    title: "State per stream became one state for all streams, or the reverse",
    affects: Affects::Everyone,
    decided: Decided::Replay,
    applies: |delta, _| match delta.change {
        Change::State(StateChange::EnvelopeSwitched { shared: false }) => Some(Level::Review),
        _ => Some(Level::Breaking),
    },
    checks: "The type of state messages in samples of both versions.",
    why: "Different code reads the two. With a `shared_state` the CDK refuses the other envelope.",
    example: Example {
        context: Context::StateMessages,
        before: &[
            r#"{"type": "STREAM", "stream": {"stream_descriptor": {"name": "users"}, "stream_state": {"id": 7}}}"#,
        ],
        after: &[
            r#"{"type": "GLOBAL", "global": {"shared_state": {"lsn": 1}, "stream_states": ["#,
            r#"  {"stream_descriptor": {"name": "users"}, "stream_state": {"id": 7}}]}}"#,
        ],
    },
    effect: Template::new("Every sync fails if saved state has a `shared_state`; otherwise syncs resume."),
    action: &[announce("Declare it."), refresh("Users refresh their streams.")],
    references: &[cdk!("airbyte_cdk/sources/connector_state_manager.py#L103")],
    ..Rule::breaking(BreakingType::StateChange)
};
