use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-added",
    title: "A field was added",
    applies: |delta, _| (delta.field.len() == 1).then_some(Level::Safe),
    checks: "A property that only the new schema declares.",
    why: "No existing column changes.",
    example: Example { context: Context::Fields, before: &[], after: &[r#""phone": {"type": "string"}"#] },
    effect: Template::new("A new column [{field} of `{stream}` |]appears for users who accept new fields."),
    action: NOTHING,
    references: &[PULL_REQUEST_HANDBOOK],
    ..Rule::safe(Bump::Minor)
};
