use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-missing-in-old",
    title: "The new sample has state for another stream",
    decided: Decided::Replay,
    checks: "Streams that only the new sample contains.",
    why: "There was no position to lose.",
    example: Example {
        context: Context::StateMessages,
        before: &[
            r#"{"type": "STREAM", "stream": {"stream_descriptor": {"name": "users"}, "stream_state": {"id": 7}}},"#,
        ],
        after: &[
            r#"{"type": "STREAM", "stream": {"stream_descriptor": {"name": "users"}, "stream_state": {"id": 7}}},"#,
            r#"{"type": "STREAM", "stream": {"stream_descriptor": {"name": "orders"}, "stream_state": {"id": 7}}}"#,
        ],
    },
    effect: Template::new("No change for saved state."),
    action: NOTHING,
    references: &[Reference::unlinked("What the samples show"), STATE_MESSAGE],
    ..Rule::safe(Bump::Patch)
};
