use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-incremental-to-full-refresh",
    title: "A stream no longer keeps a position",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "A position in the old version, a full refresh marker in the new one.",
    why: "Users of incremental syncs pay for a full read each time.",
    example: Example {
        context: Context::State,
        before: &[r#""updated": "2024-05-01T00:00:00Z""#],
        after: &[r#""__ab_no_cursor_state_message": true"#],
    },
    effect: Template::new("Every sync of [`{stream}`|the stream] reads everything and ignores saved state."),
    action: &[
        announce("Declare it for the stream (`scopedImpact`)."),
        leave("Users need not act, and pay for full reads."),
    ],
    references: &[cdk!("airbyte_cdk/sources/streams/concurrent/cursor.py#L117")],
    ..Rule::breaking(BreakingType::StateChange)
};
