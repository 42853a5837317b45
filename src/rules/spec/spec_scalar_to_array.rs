use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-scalar-to-array",
    title: "A single value became a list",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    applies: |delta, _| {
        matches!(
            delta.change,
            Change::Spec(SpecChange::TypeChanged { relation: TypeRelation::ScalarToArray, .. })
        )
        .then_some(Level::Breaking)
    },
    checks: "`type` of a property, from a single value to `array`.",
    why: "A saved value is not a list.",
    example: Example {
        context: Context::SpecProperties,
        before: &["account: {type: string}"],
        after: &["account: {type: array, items: {type: string}}"],
    },
    effect: Template::new(
        "Saved values of [{field}|the property] are refused: they are single values[ ({old})|], not lists.",
    ),
    action: &[
        ship_migration("Ship a config migration to a list,"),
        avoid("or add a new property and hide the old one;"),
        edit_settings("otherwise users must edit their settings."),
    ],
    references: &[airbyte!(
        "source-facebook-marketing's config migration of `account_id`",
        "airbyte-integrations/connectors/source-facebook-marketing/source_facebook_marketing/config_migrations.py#L21"
    )],
    ..Rule::breaking(BreakingType::SpecChange)
};
