use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-format-changed",
    title: "A date, time or timestamp became another of these",
    title_of: |delta| {
        let Change::Catalog(change) = &delta.change else { return None };
        let kind = |scalar: Scalar| match scalar {
            Scalar::Date => Some("date"),
            Scalar::TimestampWithTimezone | Scalar::TimestampWithoutTimezone => Some("timestamp"),
            Scalar::TimeWithTimezone | Scalar::TimeWithoutTimezone => Some("time"),
            _ => None,
        };
        let (old, new) = change.single_types()?;
        Some(match (kind(old)?, kind(new)?) {
            ("date", "timestamp") => "A date became a timestamp",
            ("date", "time") => "A date became a time",
            ("timestamp", "date") => "A timestamp became a date",
            ("timestamp", "time") => "A timestamp became a time",
            ("time", "date") => "A time became a date",
            ("time", "timestamp") => "A time became a timestamp",
            _ => return None,
        })
    },
    affects: Affects::Stream,
    applies: |delta, _| {
        let Change::Catalog(change) = &delta.change else { return None };
        let (old, new) = change.single_types()?;
        (old.is_temporal() && new.is_temporal()).then_some(Level::Breaking)
    },
    checks: "A change of `format` among `date`, `time` and `date-time`.",
    why: "Destinations that alter the column fail the sync when old values cannot be cast. Others write \
          null and record it in `_airbyte_meta`.",
    example: Example {
        context: Context::Fields,
        before: &[r#""created_at": {"type": "string", "format": "date-time"}"#],
        after: &[r#""created_at": {"type": "string", "format": "date"}"#],
    },
    effect: Template::new(
        "The column [{field} of `{stream}` changes from {old} to {new}|changes to another date or time \
         type].",
    ),
    action: ANNOUNCE_AND_REFRESH,
    references: &[
        docs!(
            "source-microsoft-dataverse 1.0.0",
            "integrations/sources/microsoft-dataverse-migrations#upgrading-to-100"
        ),
        SUPPORTED_DATA_TYPES,
        BREAKING_CHANGE_POLICY,
    ],
    ..Rule::breaking(BreakingType::SchemaChange)
};
