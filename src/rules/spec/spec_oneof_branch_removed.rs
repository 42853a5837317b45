use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-oneof-branch-removed",
    title: "An option was removed",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    checks: "An option of a `oneOf` that has no counterpart by discriminator, title or equality.",
    why: "The stored value names an option that is gone.",
    example: "The loading method `standard` goes.",
    effect: Template::new(
        "Users who chose [{old} for {field}|the option that is gone] have a config that no option accepts.",
    ),
    action: &[
        avoid("Keep the option hidden,"),
        ship_migration("or ship a config migration to one that means the same."),
        choose("Some, such as a retired sign-in, leave users no way but to choose again."),
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
