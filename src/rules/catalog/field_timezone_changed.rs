use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-timezone-changed",
    title: "A timestamp or time gained or lost its time zone",
    title_of: |delta| {
        let Change::Catalog(change) = &delta.change else { return None };
        Some(match change.single_types()?.1 {
            Scalar::TimestampWithTimezone => "A timestamp gained its time zone",
            Scalar::TimestampWithoutTimezone => "A timestamp lost its time zone",
            Scalar::TimeWithTimezone => "A time gained its time zone",
            Scalar::TimeWithoutTimezone => "A time lost its time zone",
            _ => return None,
        })
    },
    affects: Affects::Stream,
    applies: |delta, _| {
        let Change::Catalog(change) = &delta.change else { return None };
        let (old, new) = change.single_types()?;
        (matches!(
            (old, new),
            (Scalar::TimestampWithTimezone, Scalar::TimestampWithoutTimezone)
                | (Scalar::TimestampWithoutTimezone, Scalar::TimestampWithTimezone)
                | (Scalar::TimeWithTimezone, Scalar::TimeWithoutTimezone)
                | (Scalar::TimeWithoutTimezone, Scalar::TimeWithTimezone)
        ))
        .then_some(Level::Breaking)
    },
    checks: "`airbyte_type` of a date-time or time.",
    why: "With and without a time zone are two column types.",
    example: Example {
        context: Context::Fields,
        before: &[
            r#""created_at": {"type": "string", "format": "date-time", "airbyte_type": "timestamp_with_timezone"}"#,
        ],
        after: &[
            r#""created_at": {"type": "string", "format": "date-time", "airbyte_type": "timestamp_without_timezone"}"#,
        ],
    },
    effect: Template::new(
        "The column [{field} of `{stream}` changes from {old} to {new}|gains or loses its time zone]: \
         values shift.",
    ),
    action: ANNOUNCE_AND_REFRESH,
    references: &[SUPPORTED_DATA_TYPES, BREAKING_CHANGE_POLICY],
    ..Rule::breaking(BreakingType::SchemaChange)
};
