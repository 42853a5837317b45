//! See [`RULE`].

use crate::rules::prelude::*;

/// A stream can sync in full refresh.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "sync-mode-full-refresh-added",
    title: "A stream can sync in full refresh",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Minor,
    affects: Affects::Nobody,
    decided: Decided::Policy,
    applies: |delta| {
        matches!(delta.change, Change::Catalog(CatalogChange::SyncModeAdded(SyncMode::FullRefresh)))
            .then_some(Level::Safe)
    },
    checks: "`full_refresh` that joined `supported_sync_modes`.",
    why: "Connections keep their mode.",
    example: "`[incremental]` becomes `[full_refresh, incremental]`.",
    effect: Template::new("[`{stream}`|The stream] can be switched to full refresh."),
    action: NOTHING,
    cannot_see: "",
    reference: "Airbyte's pull request handbook, versioning table.",
};
