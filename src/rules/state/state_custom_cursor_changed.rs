use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-custom-cursor-changed",
    title: "A custom cursor was added, removed or changed",
    title_of: |delta| {
        let values = &delta.in_state()?.values;
        // What is known of a side that is no manifest is that its code does it.
        let is_custom = |value: &Option<StateValue>| match value {
            Some(StateValue::Cursor { is_custom, .. }) => Some(*is_custom),
            Some(StateValue::CursorClass { .. }) => Some(true),
            _ => None,
        };
        Some(match (is_custom(&values.old), is_custom(&values.new)) {
            (Some(false), Some(true)) => "A custom cursor was added",
            (Some(true), Some(false)) => "A custom cursor was removed",
            (Some(true), Some(true)) => "A custom cursor changed",
            (None, Some(true)) => "A custom cursor reads what other code saved",
            (Some(true), None) => "Other code reads what a custom cursor saved",
            _ => return None,
        })
    },
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
    effect: Template::new("Saved state may not work: the cursor that reads it changed."),
    action: &[
        check("Sync with old state, or give `--old-state` and `--new-state`."),
        ship_migration("If syncs break, migrate the state"),
        announce("or declare it."),
    ],
    cannot_see: "What the custom class reads and writes, and what a declared state migration does.",
    references: &[docs!("source-monday 2.3.0", "integrations/sources/monday#changelog")],
    ..Rule::review(Bump::Major)
};
