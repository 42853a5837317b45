use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "schema-required-changed",
    title: "Other fields are required",
    checks: "`required` of a record schema.",
    why: "Every column is nullable anyway.",
    example: Example {
        context: Context::Schema,
        before: &[r#""properties": {"id": {"type": "integer"}},"#],
        after: &[r#""properties": {"id": {"type": "integer"}},"#, r#""required": ["id"]"#],
    },
    effect: Template::new("No change: destinations ignore `required`."),
    action: NOTHING,
    references: &[BULK_CDK_SCHEMAS],
    ..Rule::cosmetic()
};
