use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-source-root-type-changed",
    title: "The config is no longer an object",
    affects: Affects::Everyone,
    decided: Decided::Inclusion,
    checks: "`type` at the root of `connectionSpecification`.",
    why: "The platform saves configs as objects.",
    example: Example {
        context: Context::Spec,
        before: &["connectionSpecification: {type: object}"],
        after: &["connectionSpecification: {type: array}"],
    },
    effect: Template::new("Every saved config is refused, because all of them are objects."),
    action: &[avoid("Make the root an object again.")],
    references: &[protocol!("The Airbyte protocol, `connectionSpecification`", "#L702")],
    ..Rule::breaking(BreakingType::SpecChange)
};
