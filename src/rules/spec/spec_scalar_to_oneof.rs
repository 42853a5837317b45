use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-scalar-to-oneof",
    title: "A plain property became a choice of options",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    applies: |delta, _| {
        matches!(
            delta.change,
            Change::Spec(SpecChange::TypeChanged { relation: TypeRelation::ScalarToOneOf, .. })
        )
        .then_some(Level::Breaking)
    },
    checks: "A property without `oneOf` that has one now.",
    why: "The form used to save a plain value, or an object without the discriminator that the options \
              ask for.",
    example: "`api_key: {type: string}` becomes a `credentials` choice.",
    effect: Template::new(
        "Saved values of [{field}|the property] match none of the new options, so every sync fails with a config \
         error.",
    ),
    action: &[
        edit_settings("Users must edit the connector's settings before the next sync."),
        ship_migration("To avoid the break, ship a config migration."),
        ship_migration("The migration wraps the old value in the option that means the same."),
    ],
    references: &[PULL_REQUEST_HANDBOOK],
    ..Rule::breaking(BreakingType::SpecChange)
};
