use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-hidden-required",
    title: "A required property without a default was hidden",
    breaking_type: Some(BreakingType::SpecChange),
    affects: Affects::Everyone,
    checks: "`airbyte_hidden: true` on a required property that has neither `default` nor `const`.",
    why: "The form does not show the property, but validation asks for it.",
    example: Example {
        context: Context::SpecSchema,
        before: &["required: [region]", "properties: {region: {type: string}}"],
        after: &["required: [region]", "properties: {region: {type: string, airbyte_hidden: true}}"],
    },
    effect: Template::new("New users cannot fill in [{field}|the property], which the spec requires."),
    action: &[avoid("Add a default or a constant, or make it optional.")],
    references: &[docs!(
        "Airbyte's connector specification reference",
        "platform/connector-development/connector-specification-reference#hiding-inputs-in-the-ui"
    )],
    ..Rule::review(Bump::Minor)
};
