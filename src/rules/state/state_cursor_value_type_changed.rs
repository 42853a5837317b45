//! See [`RULE`].

use crate::rules::prelude::*;

/// The saved cursor has another JSON type.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-cursor-value-type-changed",
    title: "The saved cursor has another JSON type",
    level: Level::Breaking,
    breaking_type: Some(BreakingType::StateChange),
    bump: Bump::Major,
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    applies: |_| Some(Level::Breaking),
    checks: "The JSON type of cursor values in samples of both sides.",
    why: "The cursor is parsed before anything is read.",
    example: "`1714521600` becomes `\"2024-05-01\"`.",
    effect: Template::new(
        "Saved state of [`{stream}` holds {old} and the new version expects {new}|the stream holds positions of one \
         type and the new version expects another]: reading it fails, and the sync with it.",
    ),
    action: &[
        avoid("Accept both forms (`cursor_datetime_formats` in low-code),"),
        ship_migration("or ship a state migration."),
    ],
    cannot_see: "",
    reference: "Observed on the Python CDK 7.39.1.",
};
