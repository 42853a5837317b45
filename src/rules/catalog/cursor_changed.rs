use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "cursor-changed",
    title: "The cursor field changed",
    affects: Affects::IncrementalSyncs,
    applies: |delta, _| match delta.in_stream().and_then(|stream| stream.incremental) {
        Some(true) => Some(Level::Breaking),
        // Without incremental syncs no position is saved, so nothing is lost.
        Some(false) => Some(Level::Safe),
        None => Some(Level::Review),
    },
    checks: "`default_cursor_field` with another path.",
    why: "Saved state is keyed by the name of the cursor.",
    example: Example {
        context: Context::Stream,
        before: &[r#""default_cursor_field": ["updated"]"#],
        after: &[r#""default_cursor_field": ["created"]"#],
    },
    effect: Template::new(
        "The next sync reads [`{stream}` again: saved state holds {old}, not {new}|the stream again: saved \
         state does not hold the new cursor field].",
    ),
    action: &[
        announce("Declare it for the stream (`scopedImpact`),"),
        ship_migration("or ship a state migration."),
        leave("Users need not act."),
    ],
    cannot_see: "Whether a user chose another cursor.",
    references: &[
        docs!("source-stripe 4.0.0", "integrations/sources/stripe-migrations#upgrading-to-400"),
        SAVED_POSITION,
    ],
    ..Rule::breaking(BreakingType::StateChange)
};
