use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-format-added",
    title: "A text became a date, time or timestamp",
    title_of: |delta| {
        let Change::Catalog(change) = &delta.change else { return None };
        Some(match change.single_types()?.1 {
            Scalar::Date => "A text became a date",
            Scalar::TimestampWithTimezone | Scalar::TimestampWithoutTimezone => "A text became a timestamp",
            Scalar::TimeWithTimezone | Scalar::TimeWithoutTimezone => "A text became a time",
            _ => return None,
        })
    },
    affects: Affects::Stream,
    applies: |delta, _| {
        let Change::Catalog(change) = &delta.change else { return None };
        let (old, new) = change.single_types()?;
        (old == Scalar::String && new.is_temporal()).then_some(Level::Breaking)
    },
    checks: "`format: date`, `time` or `date-time` on a string that had no such format.",
    why: "`format` looks like documentation, but it changes the column type.",
    example: Example {
        context: Context::Fields,
        before: &[r#""created_at": {"type": "string"}"#],
        after: &[r#""created_at": {"type": "string", "format": "date-time"}"#],
    },
    effect: Template::new(
        "The text column [{field} of `{stream}` becomes {new}|becomes a date or time column]: destinations \
         such as Iceberg fail the sync.",
    ),
    action: ANNOUNCE_AND_REFRESH,
    references: &[
        github!("The case of source-clickhouse", "airbyte/pull/72484"),
        SUPPORTED_DATA_TYPES,
        BREAKING_CHANGE_POLICY,
    ],
    ..Rule::breaking(BreakingType::SchemaChange)
};
