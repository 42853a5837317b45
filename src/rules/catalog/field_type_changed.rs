use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-type-changed",
    title: "A field has another type",
    affects: Affects::Stream,
    checks: "Any other change of the Airbyte type.",
    why: "Destinations that alter the column fail the sync when old values cannot be cast; others \
              write null and note it in `_airbyte_meta`.",
    example: "`boolean` becomes `integer`.",
    effect: Template::new(
        "The column [{field} of `{stream}` becomes {new} (before: {old})|changes its type].",
    ),
    action: ANNOUNCE_AND_REFRESH,
    references: &[PULL_REQUEST_HANDBOOK, SUPPORTED_DATA_TYPES, BREAKING_CHANGE_POLICY],
    ..Rule::breaking(BreakingType::SchemaChange)
};
