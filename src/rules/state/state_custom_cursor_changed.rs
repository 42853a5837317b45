use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-custom-cursor-changed",
    title: "A custom cursor was added, removed or changed",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "Streams whose manifest keeps the position with a custom class in one or both versions, where \
             the class or the partitions changed. Where there is a sample of saved state, also the \
             arguments that the manifest passes to the class, and its code. No finding where the new \
             cursor reads the sample.",
    why: "A custom cursor decides itself what it reads.",
    example: Example {
        context: Context::Case { place: "`manifest.yaml`", case: "fires" },
        before: &["type: CustomIncrementalSync", "class_name: source_shop.components.Cursor"],
        after: &["type: DatetimeBasedCursor", r#"datetime_format: "%Y-%m-%d""#],
    },
    effect: Template::new(
        "Saved state of [`{stream}` may not work: {old} wrote it, {new} reads it|the stream may not work: \
         another class reads it].",
    ),
    action: &[
        check("Sync with old state, or give samples of both."),
        ship_migration("If syncs break, migrate the state"),
        announce("or declare it."),
    ],
    cannot_see: "What the custom class reads and writes, and what a declared state migration does.",
    references: &[docs!("source-monday 2.3.0", "integrations/sources/monday#changelog")],
    ..Rule::review(Bump::Major)
};
