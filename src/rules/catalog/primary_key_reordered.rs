use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "primary-key-reordered",
    title: "The parts of the primary key stand in another order",
    checks: "The order of `source_defined_primary_key`.",
    why: "Order does not matter to equality.",
    example: "`[a, b]` becomes `[b, a]`.",
    effect: Template::new("Nothing: the platform compares the parts as a set."),
    action: NOTHING,
    references: &[PRIMARY_KEY_DIFF],
    ..Rule::cosmetic()
};
