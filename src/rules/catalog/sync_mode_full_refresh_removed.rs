use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "sync-mode-full-refresh-removed",
    title: "A stream no longer syncs in full refresh",
    affects: Affects::FullRefreshSyncs,
    applies: |delta, _| {
        matches!(delta.change, Change::Catalog(CatalogChange::SyncModeRemoved(SyncMode::FullRefresh)))
            .then_some(Level::Breaking)
    },
    checks: "`full_refresh` that left `supported_sync_modes`.",
    why: "A mode that is not supported is replaced by the discovered default at schema refresh.",
    example: "`[full_refresh, incremental]` becomes `[incremental]`.",
    effect: Template::new(
        "The platform switches connections that sync [`{stream}`|the stream] in full refresh to another mode \
         without asking.",
    ),
    action: &[
        avoid("Keep full refresh,"),
        announce("or announce it;"),
        choose("users check the sync mode after upgrading."),
    ],
    references: &[MERGE_RULES],
    ..Rule::breaking(BreakingType::SchemaChange)
};
