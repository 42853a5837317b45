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
    checks: "`default_cursor_field` that is gone while incremental syncs stay.",
    why: "Without a cursor an incremental sync does not start.",
    example: "`updated_at` goes.",
    effect: Template::new(
        "[`{stream}`|The stream] no longer says which field is its cursor[ (before: {old})|]: users must choose one \
         before the next incremental sync.",
    ),
    action: &[
        avoid("Put the cursor back,"),
        announce("or announce it:"),
        choose("users choose a cursor"),
        refresh("and refresh the stream."),
    ],
    references: &[MERGE_RULES],
    ..Rule::breaking(BreakingType::StateChange)
};
