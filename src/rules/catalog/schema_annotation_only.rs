use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "schema-annotation-only",
    title: "Only wording changed",
    checks: "Titles, descriptions, examples and defaults of record schemas.",
    why: "They do not affect columns.",
    example: "A description is reworded.",
    effect: Template::new("No change."),
    action: NOTHING,
    references: &[platform!(
        "The platform lists it as an update and goes on",
        "airbyte-commons-protocol/src/main/kotlin/io/airbyte/commons/protocol/CatalogDiffHelpers.kt#L220"
    )],
    ..Rule::cosmetic()
};
