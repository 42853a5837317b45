//! See [`RULE`].

use crate::rules::prelude::*;

/// Keys of an opaque state are gone.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-key-removed",
    title: "Keys of an opaque state are gone",
    level: Level::Review,
    breaking_type: Some(BreakingType::StateChange),
    bump: Bump::Minor,
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    applies: |_| Some(Level::Review),
    checks: "Keys of state in samples of both sides.",
    why: "The keys' meaning is in the code.",
    example: "`page_token` goes.",
    effect: Template::new(
        "The new version no longer writes [{old} for `{stream}`|a key of the state]; whether it needed it cannot be \
         told.",
    ),
    action: &[
        check("Say what reads the key."),
        announce("If a saved position is lost, this is a breaking change."),
    ],
    cannot_see: "What the code reads.",
    reference: "What the samples show.",
};
