use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-object-scalar-changed",
    title: "An object or list became a plain value, or the reverse",
    affects: Affects::Stream,
    applies: |delta, _| {
        let Change::Catalog(change) = &delta.change else { return None };
        let (old, new) = change.single_types()?;
        (old.is_container() || new.is_container()).then_some(Level::Breaking)
    },
    checks: "An object or array on one side and something else on the other.",
    why: "Destinations that alter the column fail the sync when old values cannot be cast; others \
              write null and note it in `_airbyte_meta`.",
    example: "`owner: object` becomes `owner: string`.",
    effect: Template::new(
        "[{field} of `{stream}` is {new} instead of {old}|The field is a single value instead of an object or an \
         array, or the reverse]: the column changes its type and old queries on it fail.",
    ),
    action: ANNOUNCE_AND_REFRESH,
    references: &[SUPPORTED_DATA_TYPES, BREAKING_CHANGE_POLICY],
    ..Rule::breaking(BreakingType::SchemaChange)
};
