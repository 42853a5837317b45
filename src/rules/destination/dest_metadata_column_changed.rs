use crate::diff::{ColumnEdit, DestinationChange};
use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-metadata-column-changed",
    title: "A column of Airbyte's own changed",
    affects: Affects::Everyone,
    checks: "Columns that start with `_airbyte_`, in whatever case: added, removed, renamed or of another type, in golden \
             files, expected records, `CREATE TABLE` statements, AVRO schemas and output that is handed in.",
    why: "Every table has these columns, and models that deduplicate or load increments select them by name. Where \
          all files of one kind agree that one is removed, renamed or of another type, users break. One that is added \
          changes tables that exist.",
    example: Example {
        context: Context::Case {
            place: "`src/test-integration/resources/dat/sync1_expectedrecords_dedup_final.jsonl`",
            case: "loaded-at-becomes-generation-id",
        },
        before: &[r#"{"_airbyte_raw_id": "a", "_airbyte_loaded_at": "1970-01-01T00:00:02Z", "id1": 1}"#],
        after: &[r#"{"_airbyte_raw_id": "a", "_airbyte_generation_id": 43, "id1": 1}"#],
    },
    effect: Template::new(
        "[Every table that the connector writes differs in its column {field}|Every table that the connector writes \
         differs in a column of Airbyte's own]: queries and models that select it by name, or all columns, change.",
    ),
    action: &[
        announce("Declare it."),
        refresh("Users refresh their streams,"),
        document("and adapt what selects the column."),
    ],
    cannot_see: "Whether the connector changes tables that exist, or only the files that show it changed.",
    applies: |delta, _| match &delta.change {
        // Tables that exist gain a column; whether that needs a refresh depends on the engine.
        Change::Destination(DestinationChange::MetadataColumn(ColumnEdit::Added)) => Some(Level::Review),
        _ => Some(super::agreed(delta)),
    },
    references: &[
        docs!("Airbyte's page on metadata fields", "platform/understanding-airbyte/airbyte-metadata-fields"),
        docs!("destination-databricks 3.0.0", "integrations/destinations/databricks-migrations"),
        docs!("destination-s3 1.0.0", "integrations/destinations/s3-migrations#upgrading-to-100"),
    ],
    ..Rule::breaking(BreakingType::DestinationFormatChange)
};
