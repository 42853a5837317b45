use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-datetime-format-changed",
    title: "The new cursor reads another datetime format",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    applies: |delta, _| match &delta.change {
        Change::State(StateChange::DatetimeFormatChanged { sure: true }) => Some(Level::Breaking),
        _ => Some(Level::Review),
    },
    checks: "`datetime_format` of the old cursor is compared with `datetime_format` and \
             `cursor_datetime_formats` of the new one.",
    why: "The CDK parses the cursor before it reads records. A text that does not parse is an error.",
    example: Example {
        context: Context::Case { place: "`manifest.yaml`", case: "fires" },
        before: &[r#"datetime_format: "%Y-%m-%d""#],
        after: &[r#"datetime_format: "%Y-%m-%dT%H:%M:%SZ""#],
    },
    effect: Template::new(
        "The whole sync fails, for all streams: saved state of [`{stream}` is written as {old}, the new \
         version reads {new}|the stream has a format that the new version does not read].",
    ),
    action: &[avoid(
        "Add the old format to `cursor_datetime_formats`; state is then written in the new one.",
    )],
    cannot_see: "Formats with rare directives, and values whose day decides.",
    references: &[DATETIME_FORMATS],
    ..Rule::breaking(BreakingType::StateChange)
};
