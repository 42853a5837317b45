use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-golden-layout-changed",
    title: "Tables are laid out in another way",
    breaking_type: Some(BreakingType::DestinationFormatChange),
    affects: Affects::Everyone,
    checks: "`additionalInfo` of golden files, and engine, keys, partitions and clusters of `CREATE TABLE` statements. Blanks and \
             parentheses do not count.",
    why: "A table that exists keeps its layout, and queries that rely on it get slower or give other rows: an engine that \
          replaces rows does so by its key.",
    example: Example {
        context: Context::Case {
            place: "`golden_files/ShelfRegressionTest/schema-regression/column_names/dedup_simple.json`",
            case: "the-engine-replaces-rows",
        },
        before: &[r#""tableEngine": "MergeTree ORDER BY (string)""#],
        after: &[r#""tableEngine": "ReplacingMergeTree(_airbyte_extracted_at) ORDER BY (string)""#],
    },
    effect: Template::new("New tables have another [{detail}|layout] than tables that exist."),
    action: &[
        check("Check a sync into a table that the old version made."),
        refresh("Users refresh streams for the new layout."),
    ],
    cannot_see: "What the connector does with tables that exist.",
    references: &[super::GOLDEN_FILES],
    ..Rule::review(Bump::Minor)
};
