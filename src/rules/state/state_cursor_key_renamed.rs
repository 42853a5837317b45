use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-cursor-key-renamed",
    title: "State keeps the cursor under another key",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "The keys of the cursor in samples of both versions.",
    why: "The connector finds the position by the name of the cursor.",
    example: Example {
        context: Context::State,
        before: &[r#""updated": "2024-05-01T00:00:00Z""#],
        after: &[r#""created": "2024-05-01T00:00:00Z""#],
    },
    effect: Template::new(
        "The next sync reads [`{stream}` again: saved state has {old}, not {new}|the stream again: saved \
         state does not have the new cursor].",
    ),
    action: MIGRATE_STATE_OR_REFRESH,
    references: &[SAVED_POSITION],
    ..Rule::breaking(BreakingType::StateChange)
};
