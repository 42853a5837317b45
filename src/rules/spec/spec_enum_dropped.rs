use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-enum-dropped",
    title: "A list of allowed values became a free value",
    decided: Decided::Inclusion,
    checks: "`enum` that is removed.",
    why: "The new spec accepts every value that was accepted.",
    example: Example {
        context: Context::SpecProperties,
        before: &["region: {type: string, enum: [us, eu]}"],
        after: &["region: {type: string}"],
    },
    effect: Template::new("Saved values of [{field}|the property] stay valid."),
    action: NOTHING,
    references: &[airbyte!(
        "The acceptance tests",
        "airbyte-integrations/bases/connector-acceptance-test/connector_acceptance_test/utils/backward_compatibility.py#L177"
    )],
    ..Rule::safe(Bump::Patch)
};
