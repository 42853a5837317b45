use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-type-widened-to-string",
    title: "A field became text",
    affects: Affects::Stream,
    applies: |delta, _| {
        let Change::Catalog(change) = &delta.change else { return None };
        let (_, new) = change.single_types()?;
        (new == Scalar::String).then_some(Level::Breaking)
    },
    checks: "Any other plain type that became `string`.",
    why: "Text is another column type, even where it can hold every old value.",
    example: Example {
        context: Context::Fields,
        before: &[r#""zip": {"type": "integer"}"#],
        after: &[r#""zip": {"type": "string"}"#],
    },
    effect: Template::new(
        "The column [{field} of `{stream}` changes from {old} to text|changes to text]: arithmetic and \
         joins on it fail.",
    ),
    action: ANNOUNCE_AND_REFRESH,
    references: &[BREAKING_CHANGE_POLICY],
    ..Rule::breaking(BreakingType::SchemaChange)
};
