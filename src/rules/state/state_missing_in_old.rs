use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-missing-in-old",
    title: "The new sample has state for another stream",
    decided: Decided::Replay,
    checks: "Streams that only the new sample contains.",
    why: "There was no position to lose.",
    example: "`events` is only in the new sample.",
    effect: Template::new("No change for saved state."),
    action: NOTHING,
    references: &[Reference::unlinked("What the samples show"), STATE_MESSAGE],
    ..Rule::safe(Bump::Patch)
};
