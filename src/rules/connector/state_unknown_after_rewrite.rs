use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-unknown-after-rewrite",
    title: "Streams moved between Python and the manifest",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "Incremental streams that Python built before and the new manifest lists, or the reverse, and of which no \
              sample shows the old state.",
    why: "Rewrites are where saved state most often stops fitting: the same position is written in another form.",
    example: "`responses` was a class with `cursor_field`, and is an entry of the manifest with a `DatetimeBasedCursor`.",
    effect: Template::new(
        "These streams moved between Python code and the manifest; whether saved state is read as it was written cannot \
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
    cannot_see: "What the Python writes, or reads.",
    references: &[
        docs!("source-typeform 1.1.0", "integrations/sources/typeform-migrations#upgrading-to-110"),
        docs!("source-harvest 1.0.0", "integrations/sources/harvest-migrations#upgrading-to-100"),
    ],
    ..Rule::review(Bump::Major)
};
