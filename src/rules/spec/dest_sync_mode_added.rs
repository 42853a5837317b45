use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-sync-mode-added",
    title: "A destination supports another sync mode",
    checks: "`supported_destination_sync_modes`.",
    why: "No mode that users chose changes.",
    example: Example {
        context: Context::Spec,
        before: &["supported_destination_sync_modes: [append]"],
        after: &["supported_destination_sync_modes: [append, append_dedup]"],
    },
    effect: Template::new("Users can choose [the mode {detail}|another sync mode]."),
    action: NOTHING,
    references: &[PULL_REQUEST_HANDBOOK],
    ..Rule::safe(Bump::Minor)
};
