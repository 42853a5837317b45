use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-object-closed",
    title: "An object refuses unknown keys now",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    checks: "`additionalProperties: false` where it was absent or true.",
    why: "Old configs keep keys that earlier versions declared, and nothing removes them.",
    example: "`additionalProperties: false` is added.",
    effect: Template::new(
        "Saved configs with a key that the spec does not declare are refused: left-overs of earlier versions among \
         them.",
    ),
    action: &[
        avoid("Leave `additionalProperties` true, as Airbyte's own checks ask,"),
        ship_migration("or ship a config migration that removes the left-over keys."),
    ],
    cannot_see: "Which left-over keys are saved.",
    references: &[
        CONFIG_VALIDATION,
        airbyte!(
            "The acceptance tests ignore it",
            "airbyte-integrations/bases/connector-acceptance-test/connector_acceptance_test/utils/backward_compatibility.py#L128"
        ),
    ],
    ..Rule::breaking(BreakingType::SpecChange)
};
