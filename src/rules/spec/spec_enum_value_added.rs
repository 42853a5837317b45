use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-enum-value-added",
    title: "Allowed values were added",
    decided: Decided::Inclusion,
    checks: "Values that only the new `enum` lists.",
    why: "No saved value is lost.",
    example: "`enum: [v1]` becomes `enum: [v1, v2]`.",
    effect: Template::new(
        "Saved values of [{field}|the property] stay valid and there is more to choose from[: {detail}|].",
    ),
    action: NOTHING,
    references: &[PULL_REQUEST_HANDBOOK],
    ..Rule::safe(Bump::Minor)
};
