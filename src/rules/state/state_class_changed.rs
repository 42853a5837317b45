use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-class-changed",
    title: "State is of another kind",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "The kind of state in samples of both versions.",
    why: "Each kind of cursor reads its own kind of state.",
    example: Example {
        context: Context::State,
        before: &[
            r#""history": {"a.csv": "2024-05-01T00:00:00Z"},"#,
            r#""_ab_source_file_last_modified": "2024-05-01T00:00:00Z_a.csv""#,
        ],
        after: &[r#""updated": "2024-05-01T00:00:00Z""#],
    },
    effect: Template::new(
        "Saved state of [`{stream}` ({old})|the stream] is ignored or fails the sync: the new version \
         keeps [{new}|another kind].",
    ),
    action: MIGRATE_STATE_OR_REFRESH,
    cannot_see: "A migration in the new version.",
    references: &[cdk!("airbyte_cdk/sources/streams/concurrent/cursor.py#L270")],
    ..Rule::breaking(BreakingType::StateChange)
};
