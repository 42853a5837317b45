use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-sync-mode-removed",
    title: "A destination no longer supports a sync mode",
    affects: Affects::DestinationSyncMode,
    checks: "`supported_destination_sync_modes`.",
    why: "The mode is saved with each stream of a connection.",
    example: Example {
        context: Context::Spec,
        before: &["supported_destination_sync_modes: [append, append_dedup]"],
        after: &["supported_destination_sync_modes: [append]"],
    },
    effect: Template::new("Connections that use [mode {detail}|the removed mode] can no longer run."),
    action: &[
        choose_sync_mode("Users choose another sync mode"),
        refresh("and refresh the streams that used it."),
    ],
    references: &[BREAKING_CHANGE_POLICY, REGRESSION_TESTS],
    ..Rule::breaking(BreakingType::SpecChange)
};
