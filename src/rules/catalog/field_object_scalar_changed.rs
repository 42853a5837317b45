use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-object-scalar-changed",
    title: "An object or list became a plain value, or the reverse",
    title_of: |delta| {
        let Change::Catalog(change) = &delta.change else { return None };
        Some(match change.single_types()? {
            (Scalar::Object, Scalar::Array) => "An object became a list",
            (Scalar::Array, Scalar::Object) => "A list became an object",
            (Scalar::Object, _) => "An object became a plain value",
            (Scalar::Array, _) => "A list became a plain value",
            (_, Scalar::Object) => "A plain value became an object",
            (_, Scalar::Array) => "A plain value became a list",
            _ => return None,
        })
    },
    affects: Affects::Stream,
    applies: |delta, _| {
        let Change::Catalog(change) = &delta.change else { return None };
        let (old, new) = change.single_types()?;
        (old.is_container() || new.is_container()).then_some(Level::Breaking)
    },
    checks: "A field that is an object or array in one version and neither in the other.",
    why: "Destinations that alter the column fail the sync when old values cannot be cast. Others write \
          null and record it in `_airbyte_meta`.",
    example: Example {
        context: Context::Fields,
        before: &[r#""owner": {"type": "object", "properties": {"id": {"type": "integer"}}}"#],
        after: &[r#""owner": {"type": "string"}"#],
    },
    effect: Template::new(
        "The column [{field} of `{stream}` changes from {old} to {new}|changes between a plain value and \
         an object or array]: old queries fail.",
    ),
    action: ANNOUNCE_AND_REFRESH,
    references: &[SUPPORTED_DATA_TYPES, BREAKING_CHANGE_POLICY],
    ..Rule::breaking(BreakingType::SchemaChange)
};
