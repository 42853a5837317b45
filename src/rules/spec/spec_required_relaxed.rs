use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-required-relaxed",
    title: "A required property became optional",
    decided: Decided::Inclusion,
    checks: "A property that only the old spec requires.",
    why: "Every config that had it is still accepted.",
    example: "`required: [start_date]` becomes `required: []`.",
    effect: Template::new("Saved configs stay valid."),
    action: NOTHING,
    references: &[PULL_REQUEST_HANDBOOK],
    ..Rule::safe(Bump::Minor)
};
