use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-enum-value-added",
    title: "Allowed values were added",
    decided: Decided::Inclusion,
    checks: "Values that only the new `enum` lists.",
    why: "The new list has every old value.",
    example: Example {
        context: Context::SpecProperties,
        before: &["region: {type: string, enum: [us, eu]}"],
        after: &["region: {type: string, enum: [us, eu, uk]}"],
    },
    effect: Template::new(
        "Users can choose more values of [{field}: {detail}|the property]. Saved values stay valid.",
    ),
    action: NOTHING,
    references: &[PULL_REQUEST_HANDBOOK],
    ..Rule::safe(Bump::Minor)
};
