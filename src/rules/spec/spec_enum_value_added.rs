use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-enum-value-added",
    title: "Allowed values were added",
    decided: Decided::Inclusion,
    checks: "Values that only the new `enum` lists.",
    why: "The new list has every old value.",
    example: "`enum: [v1]` becomes `enum: [v1, v2]`.",
    effect: Template::new(
        "Users can choose more values of [{field}: {detail}|the property]. Saved values stay valid.",
    ),
    action: NOTHING,
    references: &[PULL_REQUEST_HANDBOOK],
    ..Rule::safe(Bump::Minor)
};
