use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "sync-mode-full-refresh-removed",
    title: "A stream no longer syncs in full refresh",
    affects: Affects::FullRefreshSyncs,
    applies: |delta, _| {
        matches!(delta.change, Change::Catalog(CatalogChange::SyncModeRemoved(SyncMode::FullRefresh)))
            .then_some(Level::Breaking)
    },
    checks: "`full_refresh` that is removed from `supported_sync_modes`.",
    why: "At the next schema refresh, the discovered default replaces a mode that is not supported.",
    example: Example {
        context: Context::Stream,
        before: &[r#""supported_sync_modes": ["full_refresh", "incremental"]"#],
        after: &[r#""supported_sync_modes": ["incremental"]"#],
    },
    effect: Template::new(
        "The platform moves full refresh syncs of [`{stream}`|the stream] to another mode without asking.",
    ),
    action: &[
        avoid("Keep full refresh,"),
        announce("or declare it:"),
        choose_sync_mode("users check the sync mode."),
    ],
    references: &[MERGE_RULES],
    ..Rule::breaking(BreakingType::SchemaChange)
};
