use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-array-items-changed",
    title: "The items of a list have another type",
    values_tell: true,
    affects: Affects::Stream,
    applies: |delta, _| match &delta.change {
        Change::Catalog(CatalogChange::TypeChanged { items, .. }) if *items => Some(Level::Breaking),
        _ => None,
    },
    checks: "The Airbyte type of the `items` of an array.",
    why: "Typed destinations declare the type of the items.",
    example: Example {
        context: Context::Fields,
        before: &[r#""tags": {"type": "array", "items": {"type": "integer"}}"#],
        after: &[r#""tags": {"type": "array", "items": {"type": "string"}}"#],
    },
    effect: Template::new(
        "The items of [{field} in `{stream}` change from {old} to {new}|the array change their type]: \
         typed files cannot merge them, JSON columns hold both.",
    ),
    action: ANNOUNCE_AND_REFRESH,
    references: &[SUPPORTED_DATA_TYPES, BREAKING_CHANGE_POLICY],
    ..Rule::breaking(BreakingType::SchemaChange)
};
