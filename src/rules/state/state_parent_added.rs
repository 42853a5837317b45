use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-parent-added",
    title: "A parent's position is kept",
    decided: Decided::Replay,
    checks: "`parent_state` in samples of both sides.",
    why: "A missing parent position is made up for.",
    example: "`parent_state.boards` is added.",
    effect: Template::new("Syncs go on; the first one visits every parent."),
    action: NOTHING,
    references: &[PARENT_STATE],
    ..Rule::safe(Bump::Patch)
};
