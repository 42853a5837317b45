use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "schema-annotation-only",
    title: "Only keywords without effect changed",
    checks: "Titles, descriptions, examples and defaults of record schemas, and `additionalProperties` where \
             neither version refuses unknown fields.",
    why: "They do not affect columns.",
    example: Example {
        context: Context::Fields,
        before: &[r#""name": {"type": "string", "description": "Name of the user"}"#],
        after: &[r#""name": {"type": "string", "description": "Full name of the user"}"#],
    },
    effect: Template::new("No change."),
    action: NOTHING,
    references: &[platform!(
        "The platform lists it as an update and continues",
        "airbyte-commons-protocol/src/main/kotlin/io/airbyte/commons/protocol/CatalogDiffHelpers.kt#L220"
    )],
    ..Rule::cosmetic()
};
