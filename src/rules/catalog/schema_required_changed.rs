use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "schema-required-changed",
    title: "Which fields are required changed",
    checks: "`required` of a record schema.",
    why: "Columns are nullable anyway.",
    example: "`required: [id]` is added.",
    effect: Template::new("Nothing: destinations do not look at it."),
    action: NOTHING,
    references: &[BULK_CDK_SCHEMAS],
    ..Rule::cosmetic()
};
