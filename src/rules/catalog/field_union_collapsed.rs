use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-union-collapsed",
    title: "A union became a field of one type",
    affects: Affects::Stream,
    applies: |delta, _| match &delta.change {
        Change::Catalog(CatalogChange::TypeChanged { old, new, .. }) if old.is_union() && !new.is_union() => {
            Some(Level::Breaking)
        }
        _ => None,
    },
    checks: "Two or more types that became one.",
    why: "Destinations that alter the column fail the sync when old values cannot be cast; others \
              write null and note it in `_airbyte_meta`.",
    example: "`number or string` becomes `string`.",
    effect: Template::new(
        "[{field} of `{stream}` is {new} instead of {old}|The field has one type instead of several]: the column \
         changes from text or JSON to that type.",
    ),
    action: ANNOUNCE_AND_REFRESH,
    references: &[SUPPORTED_DATA_TYPES, BREAKING_CHANGE_POLICY],
    ..Rule::breaking(BreakingType::SchemaChange)
};
