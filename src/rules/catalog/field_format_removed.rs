use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-format-removed",
    title: "A date, time or timestamp became text",
    title_of: |delta| {
        let Change::Catalog(change) = &delta.change else { return None };
        Some(match change.single_types()?.0 {
            Scalar::Date => "A date became text",
            Scalar::TimestampWithTimezone | Scalar::TimestampWithoutTimezone => "A timestamp became text",
            Scalar::TimeWithTimezone | Scalar::TimeWithoutTimezone => "A time became text",
            _ => return None,
        })
    },
    affects: Affects::Stream,
    applies: |delta, _| {
        let Change::Catalog(change) = &delta.change else { return None };
        let (old, new) = change.single_types()?;
        (old.is_temporal() && new == Scalar::String).then_some(Level::Breaking)
    },
    checks: "`format: date`, `time` or `date-time` that is removed from a string.",
    why: "`format` looks like documentation, but it changes the column type.",
    example: Example {
        context: Context::Fields,
        before: &[r#""created_at": {"type": "string", "format": "date-time"}"#],
        after: &[r#""created_at": {"type": "string"}"#],
    },
    effect: Template::new(
        "The column [{field} of `{stream}` changes from {old} to text|changes to text]: date functions on \
         it fail.",
    ),
    action: ANNOUNCE_AND_REFRESH,
    references: &[BREAKING_CHANGE_POLICY],
    ..Rule::breaking(BreakingType::SchemaChange)
};
