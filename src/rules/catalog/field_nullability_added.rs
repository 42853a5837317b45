use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-nullability-added",
    title: "A field may be null now",
    checks: "`null` that is added to the types of a field.",
    why: "Every column is nullable anyway.",
    example: Example {
        context: Context::Fields,
        before: &[r#""name": {"type": "string"}"#],
        after: &[r#""name": {"type": ["string", "null"]}"#],
    },
    effect: Template::new("No change: every column is nullable."),
    action: NOTHING,
    references: &[BULK_CDK_SCHEMAS],
    ..Rule::safe(Bump::Patch)
};
