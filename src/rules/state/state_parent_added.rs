use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-parent-added",
    title: "The position of a parent is saved now",
    decided: Decided::Replay,
    checks: "`parent_state` in samples of both versions.",
    why: "The CDK replaces a missing position of a parent.",
    example: Example {
        context: Context::State,
        before: &[
            r#""states": [{"partition": {"board_id": 1}, "cursor": {"updated": "2024-05-01T00:00:00Z"}}]"#,
        ],
        after: &[
            r#""states": [{"partition": {"board_id": 1}, "cursor": {"updated": "2024-05-01T00:00:00Z"}}],"#,
            r#""parent_state": {"boards": {"updated": "2024-05-01T00:00:00Z"}}"#,
        ],
    },
    effect: Template::new("Syncs resume, and the first one visits every parent."),
    action: NOTHING,
    references: &[PARENT_STATE],
    ..Rule::safe(Bump::Patch)
};
