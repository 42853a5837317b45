use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "sync-mode-incremental-added",
    title: "A stream can sync incrementally",
    applies: |delta, _| {
        matches!(delta.change, Change::Catalog(CatalogChange::SyncModeAdded(SyncMode::Incremental)))
            .then_some(Level::Safe)
    },
    checks: "`incremental` that is added to `supported_sync_modes`.",
    why: "Connections keep their sync mode.",
    example: Example {
        context: Context::Stream,
        before: &[r#""supported_sync_modes": ["full_refresh"]"#],
        after: &[r#""supported_sync_modes": ["full_refresh", "incremental"]"#],
    },
    effect: Template::new("Users can switch [`{stream}`|the stream] to incremental syncs."),
    action: NOTHING,
    references: &[
        PULL_REQUEST_HANDBOOK,
        docs!(
            "The schema change page lists it as major",
            "platform/using-airbyte/schema-change-management#major-connector-version-upgrades"
        ),
    ],
    ..Rule::safe(Bump::Minor)
};
