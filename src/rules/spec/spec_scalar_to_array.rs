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
    why: "A stored value is not a list.",
    example: "`account_id: string` becomes `account_ids: array`.",
    effect: Template::new(
        "Saved values of [{field} are single values ({old})|the property are single values] and a list is expected.",
    ),
    action: &[
        edit_settings("Users must edit the connector's settings before the next sync."),
        ship_migration("To avoid the break, ship a config migration."),
        ship_migration("The migration wraps the old value in a list;"),
        avoid("the usual way is a new property and the old one hidden."),
    ],
    references: &[airbyte!(
        "source-facebook-marketing's config migration of `account_id`",
        "airbyte-integrations/connectors/source-facebook-marketing/source_facebook_marketing/config_migrations.py#L21"
    )],
    ..Rule::breaking(BreakingType::SpecChange)
};
