use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "stream-added",
    title: "A stream was added",
    checks: "A stream that only the new catalog lists.",
    why: "Existing connections sync the streams that they selected. The policy asks to leave a stream of \
          twice the usual volume out of `suggestedStreams`.",
    example: Example {
        context: Context::Catalog,
        before: &[r#"{"name": "users", "json_schema": {}, "supported_sync_modes": ["full_refresh"]},"#],
        after: &[
            r#"{"name": "users", "json_schema": {}, "supported_sync_modes": ["full_refresh"]},"#,
            r#"{"name": "events", "json_schema": {}, "supported_sync_modes": ["full_refresh"]}"#,
        ],
    },
    effect: Template::new("Users can enable the new stream[ `{stream}`|]."),
    action: &[nothing("Nothing to do."), avoid("Leave a very large stream out of `suggestedStreams`.")],
    references: &[PULL_REQUEST_HANDBOOK],
    ..Rule::safe(Bump::Minor)
};
