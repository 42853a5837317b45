use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-key-removed",
    title: "Keys of an opaque state are gone",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
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
    references: &[Reference::unlinked("What the samples show"), STATE_MESSAGE],
    ..Rule::review(Bump::Minor)
};
