use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "nested-field-added",
    title: "A nested field was added",
    applies: |delta, _| (delta.field.len() > 1).then_some(Level::Safe),
    checks: "A property inside an object or list that only the new schema declares.",
    why: "No existing column changes.",
    example: Example {
        context: Context::Fields,
        before: &[r#""address": {"type": "object", "properties": {"zip": {"type": "string"}}}"#],
        after: &[
            r#""address": {"type": "object", "properties": {"zip": {"type": "string"}, "city": {"type": "string"}}}"#,
        ],
    },
    effect: Template::new(
        "[{field} appears inside a column of `{stream}`|A field appears inside a column of the stream].",
    ),
    action: NOTHING,
    references: &[PULL_REQUEST_HANDBOOK],
    ..Rule::safe(Bump::Minor)
};
