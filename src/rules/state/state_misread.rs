use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-misread",
    title: "Saved positions are read as other dates",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "`datetime_format` of the old cursor is compared with `cursor_datetime_formats` and \
             `datetime_format` of the new one, on dates that two formats read differently.",
    why: "The text parses, so nothing fails, but the sync starts from another date. With `%ms`, seconds \
          are read as milliseconds and give a date in 1970.",
    example: Example {
        context: Context::Case { place: "`manifest.yaml`", case: "seconds-as-milliseconds" },
        before: &[r#"datetime_format: "%s""#],
        after: &[r#"datetime_format: "%ms""#],
    },
    effect: Template::new(
        "Records are read again or skipped without an error: saved state of [`{stream}` was written as \
         {old} and is read as {new}|the stream is read as another date].",
    ),
    action: &[
        avoid("Keep the old format;"),
        ship_migration("or ship a state migration that tells the two forms apart."),
        announce("Otherwise declare it:"),
        clear("users clear"),
        refresh("or refresh the stream."),
    ],
    references: &[DATETIME_FORMATS],
    ..Rule::breaking(BreakingType::StateChange)
};
