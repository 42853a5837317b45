//! See [`RULE`].

use crate::rules::prelude::*;

/// The cursor is read in another datetime format.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-datetime-format-changed",
    title: "The cursor is read in another datetime format",
    level: Level::Review,
    breaking_type: Some(BreakingType::StateChange),
    bump: Bump::Major,
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    applies: |_| Some(Level::Review),
    checks: "`datetime_format` of the old cursor, held against `datetime_format` and \
              `cursor_datetime_formats` of the new one.",
    why: "The cursor is parsed before anything is read, and a text that does not parse is an error.",
    example: "`%Y-%m-%d` becomes `%Y-%m-%dT%H:%M:%SZ`.",
    effect: "Saved state of `{stream}` was written as {old} and the new version reads {new}: a text that \
              no format matches fails the whole sync, other streams included.",
    action: "Add the old format to `cursor_datetime_formats`. If the new format reads the old texts \
              anyway, nothing is lost.",
    cannot_see: "Whether one of the new formats happens to read what the old one wrote.",
    reference: "Observed on the Python CDK 7.39.1.",
};
