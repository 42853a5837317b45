use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-timezone-hint-noop",
    title: "A redundant type hint was added or removed",
    checks: "`airbyte_type` that repeats what the format means without it.",
    why: "A date-time without a hint has a time zone.",
    example: Example {
        context: Context::Fields,
        before: &[r#""created_at": {"type": "string", "format": "date-time"}"#],
        after: &[
            r#""created_at": {"type": "string", "format": "date-time", "airbyte_type": "timestamp_with_timezone"}"#,
        ],
    },
    effect: Template::new("No change: the type is the same."),
    action: NOTHING,
    references: &[SUPPORTED_DATA_TYPES],
    ..Rule::cosmetic()
};
