use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-removed-primary-key",
    title: "A primary key field was removed",
    affects: Affects::DedupSyncs,
    applies: |delta, _| {
        // With an object goes what is in it.
        let is_lost = |path: &Vec<String>| !delta.field.is_empty() && path.starts_with(&delta.field);
        delta
            .in_stream()
            .is_some_and(|stream| stream.primary_key.iter().any(is_lost))
            .then_some(Level::Breaking)
    },
    checks: "A removed field that is part of the primary key of the old stream.",
    why: "Deduplication reads the key from every record.",
    example: Example { context: Context::Fields, before: &[r#""id": {"type": "integer"}"#], after: &[] },
    effect: Template::new(
        "The platform pauses connections that deduplicate [`{stream}`: {field} of its primary key|the \
         stream: a field of its primary key] is removed.",
    ),
    action: &[
        avoid("Restore the field,"),
        announce("or declare a new key:"),
        refresh("users refresh the stream."),
    ],
    references: &[
        platform!(
            "The platform's catalog diff",
            "airbyte-commons-protocol/src/main/kotlin/io/airbyte/commons/protocol/CatalogDiffHelpers.kt#L337"
        ),
        PULL_REQUEST_HANDBOOK,
    ],
    ..Rule::breaking(BreakingType::StreamOrPropertyRemoval)
};
