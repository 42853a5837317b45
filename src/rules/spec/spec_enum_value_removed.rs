use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-enum-value-removed",
    title: "Allowed values were removed",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    checks: "Values that only the old `enum` lists.",
    why: "Users chose from that list.",
    example: Example {
        context: Context::SpecProperties,
        before: &["region: {type: string, enum: [us, eu, uk]}"],
        after: &["region: {type: string, enum: [us, eu]}"],
    },
    effect: Template::new(
        "Saved configs with a removed value of [{field} are refused: {detail}|the property are refused].",
    ),
    action: &[
        avoid("Keep accepting the old values,"),
        ship_migration("or ship a config migration (ConfigRemapField)."),
    ],
    references: &[
        airbyte!(
            "The acceptance tests",
            "airbyte-integrations/bases/connector-acceptance-test/connector_acceptance_test/utils/backward_compatibility.py#L177"
        ),
        github!(
            "A removed report name of source-amazon-seller-partner pinned Terraform users to an old version",
            "terraform-provider-airbyte/issues/108"
        ),
    ],
    ..Rule::breaking(BreakingType::SpecChange)
};
