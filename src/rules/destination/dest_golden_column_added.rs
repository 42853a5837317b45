use crate::diff::DestinationChange;
use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-golden-column-added",
    title: "A column is written that was not",
    affects: Affects::Everyone,
    checks: "Columns that golden files, conversions, `CREATE TABLE` statements or AVRO schemas declare.",
    why: "Where every table has it, the input of the tests grew. Where only some have it, the connector writes more into \
          tables that exist.",
    example: Example {
        context: Context::Case {
            place: "`golden_files/ShelfRegressionTest/schema-regression/column_names/dedup_simple.json`",
            case: "dedup-tables-alone",
        },
        before: &[],
        after: &[r#""is_current": {"type": "Bool", "nullable": true}"#],
    },
    effect: Template::new("Tables have [the column {field}|a column] that they did not have."),
    action: &[check("Check that tables that exist get the column, or declare it.")],
    cannot_see: "Whether the tests write another input now.",
    applies: |delta, _| match &delta.change {
        Change::Destination(DestinationChange::ColumnAdded { everywhere }) => {
            let is_declared = delta.in_destination().is_some_and(|found| found.is_declared());
            is_declared.then_some(if *everywhere { Level::Safe } else { Level::Review })
        }
        _ => None,
    },
    references: &[super::GOLDEN_FILES],
    ..Rule::review(Bump::Minor)
};
