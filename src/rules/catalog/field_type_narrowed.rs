use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-type-narrowed",
    title: "A field's type became narrower",
    affects: Affects::Stream,
    applies: |delta, _| {
        let Change::Catalog(change) = &delta.change else { return None };
        let (old, new) = change.single_types()?;
        ((old, new) == (Scalar::Number, Scalar::Integer) || old == Scalar::String).then_some(Level::Breaking)
    },
    checks: "`number` that became `integer`, or text that became a narrower type.",
    why: "Destinations that alter the column fail the sync when old values cannot be cast. Others write \
          null and record it in `_airbyte_meta`.",
    example: Example {
        context: Context::Fields,
        before: &[r#""total": {"type": "number"}"#],
        after: &[r#""total": {"type": "integer"}"#],
    },
    effect: Template::new(
        "The column [{field} of `{stream}` changes from {old} to {new}|changes to a narrower type]: old \
         values may not fit.",
    ),
    action: ANNOUNCE_AND_REFRESH,
    references: &[
        github!("source-mssql 5.0.0", "airbyte/pull/77672"),
        SUPPORTED_DATA_TYPES,
        BREAKING_CHANGE_POLICY,
    ],
    ..Rule::breaking(BreakingType::SchemaChange)
};
