use crate::diff::{Change, StateChange};
use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-cursor-format-changed",
    title: "The saved cursor is written in another form",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    applies: |delta, _| match &delta.change {
        Change::State(StateChange::CursorFormatChanged { sure: false }) => Some(Level::Review),
        _ => Some(Level::Breaking),
    },
    checks: "The written form of cursor values in samples of both sides; values themselves never matter.",
    why: "A text that the format does not match cannot be parsed.",
    example: "`2024-05-01` becomes `2024-05-01T00:00:00Z`.",
    effect: Template::new(
        "Saved state of [`{stream}` holds {old} and the new version writes {new}|the stream holds positions in the \
         old form and the new version writes another]: unless it reads the old form too, building the cursor fails \
         and the whole sync with it.",
    ),
    action: &[
        avoid("List the old form in `cursor_datetime_formats`,"),
        ship_migration("or ship a state migration."),
    ],
    cannot_see: "Whether the new version reads the old form.",
    references: &[DATETIME_FORMATS],
    ..Rule::breaking(BreakingType::StateChange)
};
