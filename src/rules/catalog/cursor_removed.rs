use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "cursor-removed",
    title: "The default cursor was removed",
    affects: Affects::IncrementalSyncs,
    applies: |delta, _| match delta
        .in_stream()
        .map_or((None, None), |stream| (stream.incremental, stream.source_defined_cursor))
    {
        // Users who chose the cursor themselves keep their choice.
        (Some(false), _) | (_, Some(false)) => Some(Level::Safe),
        (Some(true), Some(true)) => Some(Level::Breaking),
        _ => Some(Level::Review),
    },
    checks: "`default_cursor_field` that is removed while the stream still syncs incrementally.",
    why: "Without a cursor an incremental sync does not start.",
    example: Example {
        context: Context::Stream,
        before: &[r#""default_cursor_field": ["updated_at"], "source_defined_cursor": true"#],
        after: &[r#""source_defined_cursor": true"#],
    },
    effect: Template::new(
        "Users must choose a cursor for [`{stream}` (before: {old})|the stream] before the next \
         incremental sync.",
    ),
    action: &[
        avoid("Restore the cursor,"),
        announce("or declare it:"),
        choose_cursor("users choose a cursor"),
        refresh("and refresh the stream."),
    ],
    references: &[MERGE_RULES],
    ..Rule::breaking(BreakingType::StateChange)
};
