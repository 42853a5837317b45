use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "sync-mode-incremental-removed",
    title: "A stream no longer syncs incrementally",
    affects: Affects::IncrementalSyncs,
    applies: |delta, _| {
        matches!(delta.change, Change::Catalog(CatalogChange::SyncModeRemoved(SyncMode::Incremental)))
            .then_some(Level::Breaking)
    },
    checks: "`incremental` that left `supported_sync_modes`.",
    why: "A mode that is not supported is replaced by the discovered default at schema refresh.",
    example: "`[full_refresh, incremental]` becomes `[full_refresh]`.",
    effect: Template::new(
        "The platform switches [`{stream}`|the stream] to full refresh without asking: everything is read on every \
         sync, and saved state is ignored.",
    ),
    action: &[
        announce("Announce it and name the stream in `scopedImpact`;"),
        choose("users check the sync mode after upgrading."),
    ],
    references: &[MERGE_RULES],
    ..Rule::breaking(BreakingType::StateChange)
};
