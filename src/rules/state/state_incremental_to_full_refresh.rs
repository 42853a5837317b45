use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-incremental-to-full-refresh",
    title: "A stream no longer keeps a position",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "A position on the old side, a full refresh marker on the new.",
    why: "Incremental users pay for a full read each time.",
    example: "`{\"updated\": …}` gives way to the marker.",
    effect: Template::new(
        "Saved state of [`{stream}`|the stream] is ignored and everything is read on every sync.",
    ),
    action: &[announce("Announce it and name the stream in `scopedImpact`.")],
    references: &[cdk!("airbyte_cdk/sources/streams/concurrent/cursor.py#L117")],
    ..Rule::breaking(BreakingType::StateChange)
};
