use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-sync-mode-removed",
    title: "A destination no longer supports a sync mode",
    affects: Affects::DestinationSyncMode,
    checks: "`supported_destination_sync_modes`.",
    why: "The mode is stored with each stream of a connection.",
    example: "`append_dedup` goes.",
    effect: Template::new(
        "Connections that write in [mode {detail}|a mode that is gone] cannot run any more.",
    ),
    action: &[
        choose("Users choose another sync mode after upgrading"),
        refresh("and refresh the streams concerned."),
    ],
    references: &[BREAKING_CHANGE_POLICY, REGRESSION_TESTS],
    ..Rule::breaking(BreakingType::SpecChange)
};
