use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-annotation-only",
    title: "Only wording or presentation changed",
    decided: Decided::Inclusion,
    checks: "Titles, descriptions, examples, order, groups, links and other keywords that accept the same \
             values as before.",
    why: "The connector reads every config as before.",
    example: Example {
        context: Context::SpecProperties,
        before: &["region: {type: string, description: Region}"],
        after: &["region: {type: string, description: Region of your account}"],
    },
    effect: Template::new("Only texts or the order of the settings form change."),
    action: NOTHING,
    references: &[docs!(
        "Airbyte's connector specification reference",
        "platform/connector-development/connector-specification-reference"
    )],
    ..Rule::cosmetic()
};
