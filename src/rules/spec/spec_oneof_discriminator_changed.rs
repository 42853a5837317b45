use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-oneof-discriminator-changed",
    title: "The constant of an option has another value",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    checks: "Options with the same title whose discriminator has another value.",
    why: "The form saved the constant in the config.",
    example: Example {
        context: Context::Options,
        before: &[
            "- {title: OAuth, type: object, required: [auth_type], properties: {auth_type: {type: string, const: oauth}}}",
        ],
        after: &[
            "- {title: OAuth, type: object, required: [auth_type], properties: {auth_type: {type: string, const: oauth2.0}}}",
        ],
    },
    effect: Template::new(
        "Saved configs are refused: [{field} is {old}, and the option is now {new}|the option has another \
         constant now].",
    ),
    action: &[
        avoid("Keep the old constant,"),
        ship_migration("or ship a config migration (ConfigRemapField)."),
    ],
    references: &[CONFIG_VALIDATION],
    ..Rule::breaking(BreakingType::SpecChange)
};
