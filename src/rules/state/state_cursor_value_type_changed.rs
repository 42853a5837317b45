use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-cursor-value-type-changed",
    title: "The saved cursor has another JSON type",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "The JSON type of cursor values in samples of both versions.",
    why: "The CDK parses the cursor before it reads records.",
    example: Example {
        context: Context::State,
        before: &[r#""updated": 1714521600"#],
        after: &[r#""updated": "2024-05-01""#],
    },
    effect: Template::new(
        "The sync fails: saved state of [`{stream}` holds {old}, not {new}|the stream holds another type].",
    ),
    action: &[
        avoid("Accept both forms (low-code: `cursor_datetime_formats`),"),
        ship_migration("or ship a state migration."),
    ],
    references: &[DATETIME_FORMATS],
    ..Rule::breaking(BreakingType::StateChange)
};
