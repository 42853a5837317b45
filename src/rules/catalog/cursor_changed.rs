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
    why: "State is keyed by the cursor's name.",
    example: "`updated` becomes `created`.",
    effect: Template::new(
        "Saved state of [`{stream}` holds {old} and the stream now reads {new}|the stream holds the old cursor \
         field and the stream now reads another]: the position is not found and everything is read again.",
    ),
    action: &[
        announce("Announce it and name the stream in `scopedImpact`,"),
        ship_migration("or ship a state migration that writes the position under the new name."),
    ],
    cannot_see: "A user who chose another cursor.",
    references: &[
        docs!("source-stripe 4.0.0", "integrations/sources/stripe-migrations#upgrading-to-400"),
        SAVED_POSITION,
    ],
    ..Rule::breaking(BreakingType::StateChange)
};
