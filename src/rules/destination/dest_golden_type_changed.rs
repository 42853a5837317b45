use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-golden-type-changed",
    title: "A column is written with another type",
    affects: Affects::Everyone,
    checks: "Types that golden files, conversions, `CREATE TABLE` statements or AVRO schemas declare, and JSON types of values \
             in expected records. Blanks and case do not count.",
    why: "A destination that finds another type in a table that exists changes the column, where the engine can, or fails; \
          queries read other values either way. Where all files of one kind agree, users break. The columns of golden \
          files have the names of Airbyte types, so that a change shows how a type is stored.",
    example: Example {
        context: Context::Case {
            place: "`golden_files/ShelfRegressionTest/schema-regression/column_names/append.json`",
            case: "integers-become-decimals",
        },
        before: &[r#""integer": {"type": "Int64", "nullable": true}"#],
        after: &[r#""integer": {"type": "Decimal(38, 0)", "nullable": true}"#],
    },
    effect: Template::new(
        "[{detail} {new} instead of {old}|A column has another type]: tables that exist have the old type.",
    ),
    action: &[announce("Declare it."), refresh("Users refresh their streams.")],
    cannot_see: "What the connector does with tables that exist, and whether only the files that show it changed.",
    applies: |delta, _| Some(super::agreed(delta)),
    references: &[
        super::GOLDEN_FILES,
        docs!("Airbyte's page on direct loading", "platform/using-airbyte/core-concepts/direct-load-tables"),
    ],
    ..Rule::breaking(BreakingType::DestinationFormatChange)
};
