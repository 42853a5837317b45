use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-schema-became-untyped",
    title: "A field lost or gained its type",
    affects: Affects::Stream,
    applies: |delta, _| match &delta.change {
        Change::Catalog(CatalogChange::TypeChanged { old, new, .. })
            if old.is_unknown() != new.is_unknown() =>
        {
            Some(Level::Breaking)
        }
        _ => None,
    },
    checks: "A type that became unknown, or an unknown one that became a type.",
    why: "Destinations that alter the column fail the sync when old values cannot be cast; others \
              write null and note it in `_airbyte_meta`.",
    example: "`{type: integer}` becomes `{}`.",
    effect: Template::new(
        "[{field} of `{stream}` is {new} instead of {old}|The field loses its type or gains one]: the column \
         becomes JSON or text, or the reverse.",
    ),
    action: ANNOUNCE_AND_REFRESH,
    references: &[SUPPORTED_DATA_TYPES, BREAKING_CHANGE_POLICY],
    ..Rule::breaking(BreakingType::SchemaChange)
};
