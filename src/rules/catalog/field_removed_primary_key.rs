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
    checks: "A removed field that the old stream's primary key names.",
    why: "Deduplication reads it from every record.",
    example: "The key `id` goes.",
    effect: Template::new(
        "[{field} is part of the primary key of `{stream}`|The field is part of the primary key of the stream] and \
         is gone: the platform pauses connections that deduplicate.",
    ),
    action: &[
        avoid("Bring the field back,"),
        announce("or announce it with a new primary key:"),
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
