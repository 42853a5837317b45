use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-required-relaxed",
    title: "A required property became optional",
    decided: Decided::Inclusion,
    checks: "A property that both specs declare and only the old one requires.",
    why: "The new spec accepts every config that has the property.",
    example: Example {
        context: Context::SpecSchema,
        before: &[
            "required: [api_key, region]",
            "properties: {api_key: {type: string}, region: {type: string}}",
        ],
        after: &["required: [api_key]", "properties: {api_key: {type: string}, region: {type: string}}"],
    },
    effect: Template::new("Saved configs stay valid."),
    action: NOTHING,
    references: &[PULL_REQUEST_HANDBOOK],
    ..Rule::safe(Bump::Minor)
};
