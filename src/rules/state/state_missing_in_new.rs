use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-missing-in-new",
    title: "The new sample has no state for a stream",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "Streams that only the old sample contains.",
    why: "The sample may have a gap, or the stream may have lost its state.",
    example: Example {
        context: Context::StateMessages,
        before: &[
            r#"{"type": "STREAM", "stream": {"stream_descriptor": {"name": "users"}, "stream_state": {"id": 7}}},"#,
            r#"{"type": "STREAM", "stream": {"stream_descriptor": {"name": "orders"}, "stream_state": {"id": 7}}}"#,
        ],
        after: &[
            r#"{"type": "STREAM", "stream": {"stream_descriptor": {"name": "users"}, "stream_state": {"id": 7}}},"#,
        ],
    },
    effect: Template::new(
        "Whether saved state of [`{stream}`|the stream] is still read is unknown: it has no new sample.",
    ),
    action: &[check("Add a sample of the stream to the new version.")],
    cannot_see: "What the samples do not contain.",
    references: &[Reference::unlinked("What the samples show"), STATE_MESSAGE],
    ..Rule::review(Bump::Minor)
};
