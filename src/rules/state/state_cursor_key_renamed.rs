use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-cursor-key-renamed",
    title: "State keeps the cursor under another key",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "The keys of the cursor in samples of both sides.",
    why: "State is looked up by the cursor's name.",
    example: "`{\"updated\": …}` becomes `{\"created\": …}`.",
    effect: Template::new(
        "Saved state of [`{stream}` has {old} and the new version looks for {new}|the stream has the position under \
         the old name and the new version looks for another]: the position is not found and the stream is read again \
         from its start.",
    ),
    action: MIGRATE_STATE_OR_REFRESH,
    references: &[SAVED_POSITION],
    ..Rule::breaking(BreakingType::StateChange)
};
