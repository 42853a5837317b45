//! See [`RULE`].

use crate::rules::prelude::*;

/// A field lost or gained its type.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-schema-became-untyped",
    title: "A field lost or gained its type",
    level: Level::Breaking,
    breaking_type: Some(BreakingType::SchemaChange),
    bump: Bump::Major,
    affects: Affects::Stream,
    decided: Decided::Policy,
    applies: |delta| match &delta.change {
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
    cannot_see: "",
    reference: "Airbyte's supported data types page; Airbyte's breaking-change policy page.",
};
