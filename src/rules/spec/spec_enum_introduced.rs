use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-enum-introduced",
    title: "A free value became a list of allowed values",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    checks: "`enum` where there was none. A list of both booleans changes nothing and is not reported.",
    why: "Users could save any value.",
    example: Example {
        context: Context::SpecProperties,
        before: &["region: {type: string}"],
        after: &["region: {type: string, enum: [us, eu]}"],
    },
    effect: Template::new(
        "Saved values of [{field} outside {new}|the property outside the list] are refused.",
    ),
    action: &[
        avoid("List every value that users can have saved,"),
        ship_migration("or ship a config migration."),
    ],
    references: &[airbyte!(
        "The acceptance tests' backward compatibility check",
        "airbyte-integrations/bases/connector-acceptance-test/connector_acceptance_test/utils/backward_compatibility.py#L187"
    )],
    ..Rule::breaking(BreakingType::SpecChange)
};
