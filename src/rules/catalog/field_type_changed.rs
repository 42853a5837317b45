use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-type-changed",
    title: "A field has another type",
    values_tell: true,
    affects: Affects::Stream,
    checks: "Every change of the Airbyte type that no other rule covers.",
    why: "Destinations that alter the column fail the sync when old values cannot be cast. Others write \
          null and record it in `_airbyte_meta`.",
    example: Example {
        context: Context::Fields,
        before: &[r#""active": {"type": "boolean"}"#],
        after: &[r#""active": {"type": "integer"}"#],
    },
    effect: Template::new("The column [{field} of `{stream}` changes from {old} to {new}|changes its type]."),
    action: ANNOUNCE_AND_REFRESH,
    references: &[PULL_REQUEST_HANDBOOK, SUPPORTED_DATA_TYPES, BREAKING_CHANGE_POLICY],
    ..Rule::breaking(BreakingType::SchemaChange)
};
