use crate::diff::{Change, StateChange};
use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-cursor-format-changed",
    title: "The saved cursor has another format",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    applies: |delta, _| match &delta.change {
        Change::State(StateChange::CursorFormatChanged { sure: false }) => Some(Level::Review),
        _ => Some(Level::Breaking),
    },
    checks: "The format of cursor values in samples of both versions. The values themselves do not matter.",
    why: "A text that does not match the format cannot be parsed.",
    example: Example {
        context: Context::State,
        before: &[r#""updated": "2024-05-01""#],
        after: &[r#""updated": "2024-05-01T00:00:00Z""#],
    },
    effect: Template::new(
        "The whole sync fails unless the new version reads the old format: saved state of [`{stream}` \
         holds {old}, the new version writes {new}|the stream has another format].",
    ),
    action: &[
        avoid("List the old format in `cursor_datetime_formats`,"),
        ship_migration("or ship a state migration."),
    ],
    cannot_see: "Whether the new version reads the old format.",
    references: &[DATETIME_FORMATS],
    ..Rule::breaking(BreakingType::StateChange)
};
