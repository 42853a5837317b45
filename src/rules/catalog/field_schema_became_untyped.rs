use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-schema-became-untyped",
    title: "A field lost or gained its type",
    title_of: |delta| match &delta.change {
        Change::Catalog(CatalogChange::TypeChanged { new, items, .. }) => {
            Some(match (items, new.is_unknown()) {
                (false, true) => "A field lost its type",
                (false, false) => "A field gained its type",
                (true, true) => "The items of a list lost their type",
                (true, false) => "The items of a list gained a type",
            })
        }
        _ => None,
    },
    affects: Affects::Stream,
    applies: |delta, _| match &delta.change {
        Change::Catalog(CatalogChange::TypeChanged { old, new, .. })
            if old.is_unknown() != new.is_unknown() =>
        {
            Some(Level::Breaking)
        }
        _ => None,
    },
    checks: "A known type that became unknown, or an unknown type that became known.",
    why: "Destinations that alter the column fail the sync when old values cannot be cast. Others write \
          null and record it in `_airbyte_meta`.",
    example: Example {
        context: Context::Fields,
        before: &[r#""total": {"type": "integer"}"#],
        after: &[r#""total": {}"#],
    },
    effect: Template::new(
        "The column[ {field} of `{stream}` changes from {old} to {new}|, or what it lists, loses or gains \
         its type].",
    ),
    action: ANNOUNCE_AND_REFRESH,
    references: &[SUPPORTED_DATA_TYPES, BREAKING_CHANGE_POLICY],
    ..Rule::breaking(BreakingType::SchemaChange)
};
