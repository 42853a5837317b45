use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "stream-added",
    title: "A stream was added",
    checks: "A stream that only the new catalog lists.",
    why: "Existing connections sync what they have selected.",
    example: "`events` is added.",
    effect: Template::new("A new stream [`{stream}` |]can be enabled."),
    action: &[
        nothing("Nothing."),
        avoid("A stream of twice the usual volume should stay out of `suggestedStreams`."),
    ],
    references: &[PULL_REQUEST_HANDBOOK],
    ..Rule::safe(Bump::Minor)
};
