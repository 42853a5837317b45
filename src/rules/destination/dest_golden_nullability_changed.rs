use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-golden-nullability-changed",
    title: "A column takes null where it did not, or the reverse",
    breaking_type: Some(BreakingType::DestinationFormatChange),
    affects: Affects::Everyone,
    checks: "`nullable` in golden files, `NOT NULL` and `PRIMARY KEY` in `CREATE TABLE` statements, and `null` in AVRO types.",
    why: "A table that exists keeps the old rule: a sync fails where it refuses a null that is written now.",
    example: Example {
        context: Context::Case {
            place: "`golden_files/ShelfRegressionTest/schema-regression/column_names/dedup_simple.json`",
            case: "a-key-refuses-null",
        },
        before: &[r#""string": {"type": "String", "nullable": true}"#],
        after: &[r#""string": {"type": "String", "nullable": false}"#],
    },
    effect: Template::new(
        "New tables [say otherwise whether {field} takes null|say otherwise whether a column takes null] than tables that exist.",
    ),
    action: &[check("Check a sync into a table that the old version made.")],
    cannot_see: "What the connector does with tables that exist.",
    references: &[super::GOLDEN_FILES],
    ..Rule::review(Bump::Minor)
};
