use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-removed",
    title: "A field was removed",
    affects: Affects::Stream,
    checks: "A property that only the old schema declares.",
    why: "Queries and models read the column.",
    example: Example { context: Context::Fields, before: &[r#""phone": {"type": "string"}"#], after: &[] },
    effect: Template::new(
        "The column [{field} of `{stream}` |]is no longer filled, or some destinations drop it.",
    ),
    action: &[
        announce("Declare it for the stream (`scopedImpact`)."),
        check("If renamed, name the new field."),
        refresh_schema("Users refresh the schema"),
        refresh("and the stream."),
    ],
    cannot_see: "Whether the API still sends the field.",
    references: &[PULL_REQUEST_HANDBOOK, github!("The case of source-hubspot's deals", "airbyte/pull/15354")],
    ..Rule::breaking(BreakingType::StreamOrPropertyRemoval)
};
