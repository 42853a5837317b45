use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "primary-key-reordered",
    title: "The parts of the primary key are in another order",
    checks: "The order of `source_defined_primary_key`.",
    why: "The order of the parts does not matter when rows are compared.",
    example: Example {
        context: Context::Stream,
        before: &[r#""source_defined_primary_key": [["account"], ["id"]]"#],
        after: &[r#""source_defined_primary_key": [["id"], ["account"]]"#],
    },
    effect: Template::new("No change: the platform compares the parts as a set."),
    action: NOTHING,
    references: &[PRIMARY_KEY_DIFF],
    ..Rule::cosmetic()
};
