use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-unknown-after-rewrite",
    title: "Streams that kept their state in Python are low-code now",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "Streams that had only a schema file before, and have a partition router or a custom cursor \
              in the new manifest.",
    why: "Rewrites as low-code are where saved state most often stops fitting.",
    example: "`responses` moves to a manifest with a partition router.",
    effect: Template::new(
        "Saved state of these streams was written by Python code that is gone; whether the manifest reads it cannot \
         be told[: {detail}|].",
    ),
    action: &[
        check(
            "Give a sample of old state (`--old-state`) and one of new, or sync once with old state, before calling \
             it compatible.",
        ),
        ship_migration("Where the form differs, ship a state migration"),
        announce("or announce it."),
    ],
    cannot_see: "What the Python wrote.",
    references: &[
        docs!("source-typeform 1.1.0", "integrations/sources/typeform-migrations#upgrading-to-110"),
        docs!("source-harvest 1.0.0", "integrations/sources/harvest-migrations#upgrading-to-100"),
    ],
    ..Rule::review(Bump::Major)
};
