use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-datetime-format-changed",
    title: "The cursor is read in another datetime format",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    applies: |delta, _| match &delta.change {
        Change::State(StateChange::DatetimeFormatChanged { sure: true }) => Some(Level::Breaking),
        _ => Some(Level::Review),
    },
    checks: "`datetime_format` of the old cursor, held against `datetime_format` and \
              `cursor_datetime_formats` of the new one.",
    why: "The cursor is parsed before anything is read, and a text that does not parse is an error.",
    example: "`%Y-%m-%d` becomes `%Y-%m-%dT%H:%M:%SZ`.",
    effect: Template::new(
        "Saved state of [`{stream}` was written as {old} and the new version reads {new}|the stream was written in \
         one format and the new version reads others]: no format matches it, and the whole sync fails, other streams \
         included.",
    ),
    action: &[avoid(
        "Add the old format to `cursor_datetime_formats`: then saved state is read and written back in the new \
             one.",
    )],
    cannot_see: "Formats with directives that are rare, and values whose day decides.",
    references: &[DATETIME_FORMATS],
    ..Rule::breaking(BreakingType::StateChange)
};
