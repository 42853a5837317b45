use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-sync-mode-added",
    title: "A destination supports another sync mode",
    checks: "`supported_destination_sync_modes`.",
    why: "Nothing that was chosen changes.",
    example: "`append_dedup` is added.",
    effect: Template::new("[The mode {detail}|Another sync mode] can be chosen."),
    action: NOTHING,
    references: &[PULL_REQUEST_HANDBOOK],
    ..Rule::safe(Bump::Minor)
};
