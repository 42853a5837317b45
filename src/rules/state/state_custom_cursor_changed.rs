use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-custom-cursor-changed",
    title: "A custom cursor came, went or changed",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "Streams whose manifest keeps the position with a custom class on one side or both, where \
              that or the partitions changed. Where there is a sample of saved state, also what the manifest hands \
              to the class, and its code. A sample that the new cursor reads settles it.",
    why: "A custom cursor decides itself what it reads.",
    example: "`IncrementalSubstreamSlicer` gives way to a DatetimeBasedCursor with a router.",
    effect: Template::new(
        "Saved state of [`{stream}` was kept by {old} and is read by {new}|the stream was kept by one class and is \
         read by another]: whether the position is found is decided in Python.",
    ),
    action: &[
        check("Give samples of old and new state, or sync once with old state."),
        ship_migration("Where the form differs, ship a state migration"),
        announce("or announce it."),
    ],
    cannot_see: "What the custom class reads and writes, and what a declared state migration does.",
    references: &[docs!("source-monday 2.3.0", "integrations/sources/monday#changelog")],
    ..Rule::review(Bump::Major)
};
