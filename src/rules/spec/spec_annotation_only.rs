use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-annotation-only",
    title: "Only wording or presentation changed",
    decided: Decided::Inclusion,
    checks: "Titles, descriptions, examples, order, groups, links and other keywords that accept no value \
              more or less.",
    why: "No config is read differently.",
    example: "A description is reworded.",
    effect: Template::new("Texts or the order of the settings form."),
    action: NOTHING,
    references: &[docs!(
        "Airbyte's connector specification reference",
        "platform/connector-development/connector-specification-reference"
    )],
    ..Rule::cosmetic()
};
