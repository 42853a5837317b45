use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-class-changed",
    title: "State is of another kind",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "The kind of state in samples of both versions.",
    why: "Each kind of cursor reads its own kind of state.",
    example: "A file history becomes a cursor.",
    effect: Template::new(
        "Saved state of [`{stream}` ({old})|the stream] is ignored or fails the sync: the new version \
         keeps [{new}|another kind].",
    ),
    action: MIGRATE_STATE_OR_REFRESH,
    cannot_see: "A migration in the new version.",
    references: &[cdk!("airbyte_cdk/sources/streams/concurrent/cursor.py#L270")],
    ..Rule::breaking(BreakingType::StateChange)
};
