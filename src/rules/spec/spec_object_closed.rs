use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-object-closed",
    title: "An object refuses unknown keys now",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    checks: "`additionalProperties: false` where it was absent or true.",
    why: "Saved configs keep keys that earlier versions declared, and nothing removes them. Airbyte's own \
          checks ask for `additionalProperties: true`.",
    example: Example {
        context: Context::SpecSchema,
        before: &["properties: {region: {type: string}}"],
        after: &["properties: {region: {type: string}}", "additionalProperties: false"],
    },
    effect: Template::new(
        "Saved configs with undeclared keys are refused, such as keys of earlier versions.",
    ),
    action: &[
        avoid("Keep `additionalProperties: true`,"),
        ship_migration("or ship a config migration that removes such keys."),
    ],
    cannot_see: "Which left-over keys saved configs hold.",
    references: &[
        CONFIG_VALIDATION,
        airbyte!(
            "The acceptance tests ignore it",
            "airbyte-integrations/bases/connector-acceptance-test/connector_acceptance_test/utils/backward_compatibility.py#L128"
        ),
    ],
    ..Rule::breaking(BreakingType::SpecChange)
};
