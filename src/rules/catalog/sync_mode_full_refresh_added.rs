use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "sync-mode-full-refresh-added",
    title: "A stream can sync in full refresh",
    applies: |delta, _| {
        matches!(delta.change, Change::Catalog(CatalogChange::SyncModeAdded(SyncMode::FullRefresh)))
            .then_some(Level::Safe)
    },
    checks: "`full_refresh` that is added to `supported_sync_modes`.",
    why: "Connections keep their sync mode.",
    example: Example {
        context: Context::Stream,
        before: &[r#""supported_sync_modes": ["incremental"]"#],
        after: &[r#""supported_sync_modes": ["full_refresh", "incremental"]"#],
    },
    effect: Template::new("Users can switch [`{stream}`|the stream] to full refresh."),
    action: NOTHING,
    references: &[PULL_REQUEST_HANDBOOK],
    ..Rule::safe(Bump::Minor)
};
