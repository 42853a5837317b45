use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-full-refresh-to-incremental",
    title: "A stream keeps a position now",
    decided: Decided::Replay,
    checks: "A full refresh marker in the old version, a position in the new one.",
    why: "There was no position to lose.",
    example: Example {
        context: Context::State,
        before: &[r#""__ab_no_cursor_state_message": true"#],
        after: &[r#""updated": "2024-05-01T00:00:00Z""#],
    },
    effect: Template::new(
        "The first incremental sync of [`{stream}`|the stream] reads everything, as expected.",
    ),
    action: NOTHING,
    references: &[SAVED_POSITION],
    ..Rule::safe(Bump::Minor)
};
