use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-keys-not-read",
    title: "Saved state has more keys than are looked at",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "Samples with more than 256 cursor keys, or kinds of partition: whether what the new version looks for is \
              among those that are left out, or, of two samples, whether these differ.",
    why: "Ids in the place of field names may be millions; what is kept of a sample is bounded.",
    example: "`{\"7\": \"2024-05-01\", \"8\": \"2024-05-02\", …, \"updated\": \"2024-05-03\"}`.",
    effect: Template::new(
        "Saved state of [`{stream}`|the stream] has more keys, or more kinds of partition, than are looked at. What \
         the new version goes on from may be among those left out: whether it does is not known.",
    ),
    action: &[check("Shorten the sample: a few partitions or ids, and the field of the cursor.")],
    references: &[Reference::unlinked("A limit of connector-diff")],
    ..Rule::review(Bump::None)
};
