use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-file-history-changed",
    title: "The history of synced files has another form",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "`history` in samples of both versions: what identifies a file (a path, a URL, a day), and the \
             format of times. Which files and times are listed does not matter.",
    why: "The connector recognises a file by its entry in the history.",
    example: Example {
        context: Context::State,
        before: &[
            r#""history": {"a.csv": "2024-05-01T00:00:00.000000Z"},"#,
            r#""_ab_source_file_last_modified": "2024-05-01T00:00:00.000000Z_a.csv""#,
        ],
        after: &[
            r#""history": {"a.csv": "2024-05-01T00:00:00Z"},"#,
            r#""_ab_source_file_last_modified": "2024-05-01T00:00:00Z_a.csv""#,
        ],
    },
    effect: Template::new(
        "Every file of [`{stream}` is synced again unless the new version reads the old history ({old}, \
         then {new})|the stream is synced again unless the new version reads the old history].",
    ),
    action: MIGRATE_STATE_OR_REFRESH,
    cannot_see: "Code that reads the old form too.",
    references: &[cdk!(
        "The CDK's file-based cursor",
        "airbyte_cdk/sources/file_based/stream/concurrent/cursor/file_based_concurrent_cursor.py#L40"
    )],
    ..Rule::breaking(BreakingType::StateChange)
};
