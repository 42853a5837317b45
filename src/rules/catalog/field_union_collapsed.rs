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
    why: "Destinations that alter the column fail the sync when old values cannot be cast. Others write \
          null and record it in `_airbyte_meta`.",
    example: Example {
        context: Context::Fields,
        before: &[r#""value": {"type": ["number", "string"]}"#],
        after: &[r#""value": {"type": "string"}"#],
    },
    effect: Template::new(
        "The column [{field} of `{stream}` changes from text or JSON to {new}|changes from text or JSON to \
         one type].",
    ),
    action: ANNOUNCE_AND_REFRESH,
    references: &[SUPPORTED_DATA_TYPES, BREAKING_CHANGE_POLICY],
    ..Rule::breaking(BreakingType::SchemaChange)
};
