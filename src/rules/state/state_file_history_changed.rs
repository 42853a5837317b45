use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-file-history-changed",
    title: "The history of synced files has another form",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "`history` in samples of both sides: what files are told apart by (a path, a URL, a day), and how \
              times are written. Which files and times there are does not matter.",
    why: "Files are recognised by their entry in the history.",
    example: "Times are written in another form.",
    effect: Template::new(
        "The history of synced files of [`{stream}` has another form ({old}, then {new})|the stream has another \
         form]: unless the new version reads the old one too, every file is synced again.",
    ),
    action: MIGRATE_STATE_OR_REFRESH,
    cannot_see: "Code that reads the old form too.",
    references: &[cdk!(
        "The CDK's file-based cursor",
        "airbyte_cdk/sources/file_based/stream/concurrent/cursor/file_based_concurrent_cursor.py#L40"
    )],
    ..Rule::breaking(BreakingType::StateChange)
};
