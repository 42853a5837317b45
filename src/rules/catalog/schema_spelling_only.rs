use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "schema-spelling-only",
    title: "The same type is written in another way",
    checks: "Types that are written in a list or alone, in another order, repeated or implied.",
    why: "The Airbyte type is the same.",
    example: Example {
        context: Context::Fields,
        before: &[r#""name": {"type": "string"}"#],
        after: &[r#""name": {"type": ["string"]}"#],
    },
    effect: Template::new("No change."),
    action: NOTHING,
    references: &[SUPPORTED_DATA_TYPES],
    ..Rule::cosmetic()
};
