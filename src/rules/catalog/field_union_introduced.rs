use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-union-introduced",
    title: "A field of one type became a union",
    affects: Affects::Stream,
    applies: |delta, _| match &delta.change {
        Change::Catalog(CatalogChange::TypeChanged { old, new, .. }) if !old.is_union() && new.is_union() => {
            Some(Level::Breaking)
        }
        _ => None,
    },
    checks: "One type that became two or more.",
    why: "A column has one type, so destinations store a union as text or JSON.",
    example: Example {
        context: Context::Fields,
        before: &[r#""value": {"type": "number"}"#],
        after: &[r#""value": {"type": ["number", "string"]}"#],
    },
    effect: Template::new(
        "The column [{field} of `{stream}` changes from {old} to text or JSON|changes from one type to \
         text or JSON].",
    ),
    action: ANNOUNCE_AND_REFRESH,
    references: &[
        github!("source-hubspot 6.0.2", "airbyte/pull/65947"),
        SUPPORTED_DATA_TYPES,
        BREAKING_CHANGE_POLICY,
    ],
    ..Rule::breaking(BreakingType::SchemaChange)
};
