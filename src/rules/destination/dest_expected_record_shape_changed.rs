use crate::diff::DestinationChange;
use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-expected-record-shape-changed",
    title: "Records have other columns or keys",
    breaking_type: Some(BreakingType::DestinationFormatChange),
    affects: Affects::Everyone,
    checks: "Columns of expected records, or of output that is handed in, that are removed or added while the test still writes them, and keys that are removed \
             from the objects of columns such as `_airbyte_meta`. What a test writes is in its expected raw records and its \
             messages.",
    why: "Tests say what the connector writes, and change for reasons of their own. Where all of them agree that a column is \
          no longer written, and the raw records show that it is read, users break.",
    example: Example {
        context: Context::Case {
            place: "`src/test-integration/resources/dat/sync1_expectedrecords_dedup_final.jsonl`",
            case: "errors-become-changes",
        },
        before: &[r#"{"_airbyte_raw_id": "a", "_airbyte_meta": {"errors": []}, "id1": 1}"#],
        after: &[r#"{"_airbyte_raw_id": "a", "_airbyte_meta": {"changes": []}, "id1": 1}"#],
    },
    effect: Template::new(
        "Tables may differ in [{field}|columns or keys]: queries that read what is removed get nothing or fail.",
    ),
    action: &[
        check("Check whether the connector writes it so now, or only the files that show it changed."),
        announce("Declare it if users see it."),
    ],
    cannot_see: "Whether the connector changed, or only the files that show it.",
    applies: |delta, _| match &delta.change {
        Change::Destination(DestinationChange::ColumnRemoved) => Some(super::agreed(delta)),
        Change::Destination(
            DestinationChange::MetadataKeys { .. } | DestinationChange::ColumnAdded { .. },
        ) => Some(Level::Review),
        _ => None,
    },
    references: &[
        docs!("Airbyte's page on metadata fields", "platform/understanding-airbyte/airbyte-metadata-fields"),
        super::EXPECTED_RECORDS,
    ],
    ..Rule::review(Bump::Major)
};
