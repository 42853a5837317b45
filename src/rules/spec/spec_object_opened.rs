use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-object-opened",
    title: "An object accepts unknown keys now",
    decided: Decided::Inclusion,
    checks: "`additionalProperties: false` that is removed.",
    why: "The new spec accepts every config that was accepted.",
    example: Example {
        context: Context::SpecSchema,
        before: &["properties: {region: {type: string}}", "additionalProperties: false"],
        after: &["properties: {region: {type: string}}"],
    },
    effect: Template::new("Saved configs stay valid."),
    action: NOTHING,
    references: &[CONFIG_VALIDATION],
    ..Rule::safe(Bump::Patch)
};
