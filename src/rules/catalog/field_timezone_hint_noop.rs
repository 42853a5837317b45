use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-timezone-hint-noop",
    title: "A type hint was spelled out or left out",
    checks: "`airbyte_type` that says what was meant without it.",
    why: "A date-time without a hint is one with a time zone.",
    example: "`airbyte_type: timestamp_with_timezone` is added.",
    effect: Template::new("Nothing: the type is the same."),
    action: NOTHING,
    references: &[SUPPORTED_DATA_TYPES],
    ..Rule::cosmetic()
};
