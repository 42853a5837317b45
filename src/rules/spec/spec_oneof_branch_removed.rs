use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-oneof-branch-removed",
    title: "An option was removed",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    checks: "An option of a `oneOf` that has no counterpart by discriminator, title or equality.",
    why: "The saved value names an option that no longer exists.",
    example: Example {
        context: Context::Options,
        before: &[
            "- {title: Token, type: object, required: [auth_type], properties: {auth_type: {type: string, const: token}}}",
            "- {title: OAuth, type: object, required: [auth_type], properties: {auth_type: {type: string, const: oauth}}}",
        ],
        after: &[
            "- {title: Token, type: object, required: [auth_type], properties: {auth_type: {type: string, const: token}}}",
        ],
    },
    effect: Template::new("Configs of users who chose [{old} for {field}|the removed option] are refused."),
    action: &[
        avoid("Keep the option hidden,"),
        ship_migration("or ship a config migration to another one;"),
        choose_option("otherwise users choose again."),
    ],
    references: &[
        docs!("destination-redshift 3.0.0", "integrations/destinations/redshift-migrations#upgrading-to-300"),
        docs!(
            "destination-snowflake 2.0.0",
            "integrations/destinations/snowflake-migrations#upgrading-to-200"
        ),
    ],
    ..Rule::breaking(BreakingType::SpecChange)
};
