use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-keys-not-read",
    title: "Saved state has more keys than are checked",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "Samples with more than 256 cursor keys or kinds of partition, where the key that the new \
             version looks for, or a difference between two samples, may be among the keys that are not \
             checked.",
    why: "A state with ids as keys may have millions of them, so only a limited number is checked. The key \
          that the new version needs may be among the rest.",
    example: Example {
        context: Context::Case { place: "`state.json` of the old version", case: "fires" },
        before: &[
            r#""board 0": "2024-05-01", "board 1": "2024-05-01", "board 2": "2024-05-01", "board 3": "2024-05-01", "board 4": "2024-05-01","#,
            "…",
        ],
        after: &[
            r#""board 0": "2024-05-01", "board 1": "2024-05-01", "board 2": "2024-05-01", "board 3": "2024-05-01", "board 4": "2024-05-01","#,
            "…",
        ],
    },
    effect: Template::new(
        "Whether syncs of [`{stream}`|the stream] resume is unknown: only a part of the many keys in saved \
         state is checked.",
    ),
    action: &[check("Shorten the sample to a few partitions or ids and the cursor.")],
    references: &[PARTITIONED_STATE, Reference::unlinked("The limit is one of connector-diff")],
    ..Rule::review(Bump::None)
};
