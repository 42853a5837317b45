use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-missing-in-new",
    title: "The new sample has no state for a stream",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "Streams that only the old sample holds.",
    why: "It may be a gap in the sample, or a stream that lost its state.",
    example: "`users` is only in the old sample.",
    effect: Template::new(
        "Whether saved state of [`{stream}`|the stream] is still read cannot be told: the new sample does not have \
         the stream.",
    ),
    action: &[check("Add a sample of the stream to the new side.")],
    cannot_see: "What is not in the samples.",
    references: &[Reference::unlinked("What the samples show"), STATE_MESSAGE],
    ..Rule::review(Bump::Minor)
};
