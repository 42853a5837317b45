use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-type-changed",
    title: "A property's type changed",
    values_tell: true,
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    checks: "`type` of a property, where neither version's types include the other's.",
    why: "The runtime validates the saved value against the new type.",
    example: Example {
        context: Context::SpecProperties,
        before: &["account: {type: string}"],
        after: &["account: {type: integer}"],
    },
    effect: Template::new(
        "Saved values of [{field} are refused: their type is {old}, not {new}|the property are refused: \
         they have the old type].",
    ),
    action: &[
        ship_migration("Ship a config migration,"),
        avoid("or add a new property beside the old one;"),
        edit_settings("otherwise users must edit their settings."),
    ],
    references: &[PULL_REQUEST_HANDBOOK, CONFIG_VALIDATION],
    ..Rule::breaking(BreakingType::SpecChange)
};
