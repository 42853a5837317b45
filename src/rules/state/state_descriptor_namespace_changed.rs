use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-descriptor-namespace-changed",
    title: "State of a stream is saved under another namespace",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "The stream descriptors in samples of both versions.",
    why: "The connector finds state by namespace and name.",
    example: Example {
        context: Context::StateMessages,
        before: &[
            r#"{"type": "STREAM", "stream": {"stream_descriptor": {"name": "users", "namespace": "public"}, "stream_state": {"id": 7}}}"#,
        ],
        after: &[
            r#"{"type": "STREAM", "stream": {"stream_descriptor": {"name": "users"}, "stream_state": {"id": 7}}}"#,
        ],
    },
    effect: Template::new(
        "The next sync reads [`{stream}`|the stream] again: the new namespace has no saved state.",
    ),
    action: MIGRATE_STATE_OR_REFRESH,
    references: &[cdk!("airbyte_cdk/sources/connector_state_manager.py#L53")],
    ..Rule::breaking(BreakingType::StateChange)
};
