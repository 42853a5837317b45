use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-cursor-value-type-changed",
    title: "The saved cursor has another JSON type",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
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
    references: &[DATETIME_FORMATS],
    ..Rule::breaking(BreakingType::StateChange)
};
