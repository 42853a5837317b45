use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-required-relaxed",
    title: "A required property became optional",
    decided: Decided::Inclusion,
    checks: "A property that both specs declare and only the old one requires.",
    why: "The new spec accepts every config that has the property.",
    example: "`required: [start_date]` becomes `required: []`.",
    effect: Template::new("Saved configs stay valid."),
    action: NOTHING,
    references: &[PULL_REQUEST_HANDBOOK],
    ..Rule::safe(Bump::Minor)
};
