use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-removed-cursor",
    title: "The cursor field was removed",
    affects: Affects::IncrementalSyncs,
    applies: |delta, _| {
        // With an object goes what is in it.
        (!delta.field.is_empty()
            && delta.in_stream().is_some_and(|stream| stream.cursor.starts_with(&delta.field)))
        .then_some(Level::Breaking)
    },
    checks: "A removed field that is the default cursor of the old stream.",
    why: "Incremental syncs read the cursor from every record, so none can resume.",
    example: Example {
        context: Context::Fields,
        before: &[r#""updated": {"type": "string", "format": "date-time"}"#],
        after: &[],
    },
    effect: Template::new(
        "The platform pauses incremental connections[ of `{stream}`: its cursor {field}|: the cursor of \
         the stream] is removed.",
    ),
    action: &[
        avoid("Restore the field,"),
        announce("or declare it:"),
        choose_cursor("users choose another cursor"),
        refresh("and refresh the stream."),
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
