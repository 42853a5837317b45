use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-global-cursor-toggled",
    title: "Partitions share one position, or no longer do",
    decided: Decided::Replay,
    checks: "`use_global_cursor` and `states` in samples of both versions.",
    why: "The flag in the saved state decides how it is read.",
    example: "`states` give way to one `state`.",
    effect: Template::new("Syncs of [`{stream}`|the stream] resume in both directions."),
    action: NOTHING,
    references: &[PARTITIONED_STATE],
    ..Rule::safe(Bump::Patch)
};
