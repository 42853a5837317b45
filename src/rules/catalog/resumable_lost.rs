use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "resumable-lost",
    title: "Full refreshes of a stream can no longer resume",
    checks: "`is_resumable` that is no longer true.",
    why: "The next attempt reads more, but the result is the same.",
    example: Example { context: Context::Stream, before: &[r#""is_resumable": true"#], after: &[] },
    effect: Template::new("An interrupted full refresh of [`{stream}`|the stream] starts again."),
    action: NOTHING,
    references: &[protocol!("The Airbyte protocol, `is_resumable`", "#L513")],
    ..Rule::safe(Bump::Patch)
};
