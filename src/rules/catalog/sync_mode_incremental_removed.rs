use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "sync-mode-incremental-removed",
    title: "A stream no longer syncs incrementally",
    affects: Affects::IncrementalSyncs,
    applies: |delta, _| {
        matches!(delta.change, Change::Catalog(CatalogChange::SyncModeRemoved(SyncMode::Incremental)))
            .then_some(Level::Breaking)
    },
    checks: "`incremental` that is removed from `supported_sync_modes`.",
    why: "At the next schema refresh, the discovered default replaces a mode that is not supported.",
    example: Example {
        context: Context::Stream,
        before: &[r#""supported_sync_modes": ["full_refresh", "incremental"]"#],
        after: &[r#""supported_sync_modes": ["full_refresh"]"#],
    },
    effect: Template::new(
        "The platform moves [`{stream}`|the stream] to full refresh without asking: every sync reads \
         everything.",
    ),
    action: &[
        announce("Declare it for the stream (`scopedImpact`)."),
        choose_sync_mode("Users check the sync mode."),
    ],
    references: &[MERGE_RULES],
    ..Rule::breaking(BreakingType::StateChange)
};
