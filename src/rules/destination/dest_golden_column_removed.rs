use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-golden-column-removed",
    title: "A column is no longer written",
    affects: Affects::Everyone,
    checks: "Columns that golden files, lists of expected columns, conversions, `CREATE TABLE` statements or AVRO schemas \
             declare. A new name is a column removed and one added.",
    why: "These files are written for a fixed input, so that a column that is missing is missing in the tables. Where all \
          files of one kind agree, users break.",
    example: Example {
        context: Context::Case {
            place: "`golden_files/ShelfRegressionTest/schema-regression/column_names/append.json`",
            case: "a-name-is-cleaned-otherwise",
        },
        before: &[r#""foo__1": {"type": "String", "nullable": true}"#],
        after: &[r#""foo_1": {"type": "String", "nullable": true}"#],
    },
    effect: Template::new("Tables no longer have [the column {field}|a column]: queries that read it fail."),
    action: &[avoid("Keep the name,"), announce("or declare it."), refresh("Users refresh their streams.")],
    cannot_see: "Whether the test writes another input now.",
    applies: |delta, _| {
        let is_declared = delta.in_destination().is_some_and(|found| found.is_declared());
        is_declared.then(|| super::agreed(delta))
    },
    references: &[super::GOLDEN_FILES, BREAKING_CHANGE_POLICY],
    ..Rule::breaking(BreakingType::DestinationFormatChange)
};
