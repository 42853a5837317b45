use crate::diff::DestinationChange;
use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-metadata-keys-added",
    title: "A column of Airbyte's own holds more",
    affects: Affects::Everyone,
    checks: "Keys of the objects in columns that start with `_airbyte_`, such as `_airbyte_meta`, in expected records.",
    why: "Queries read the keys that they know.",
    example: Example {
        context: Context::Case {
            place: "`src/test-integration/resources/dat/sync1_expectedrecords_dedup_final.jsonl`",
            case: "sync-id",
        },
        before: &[r#"{"_airbyte_raw_id": "a", "_airbyte_meta": {"changes": []}, "id1": 1}"#],
        after: &[r#"{"_airbyte_raw_id": "a", "_airbyte_meta": {"changes": [], "sync_id": 42}, "id1": 1}"#],
    },
    effect: Template::new("Objects in [the column {field}|the column] have more keys."),
    action: NOTHING,
    applies: |delta, _| {
        let is_one = matches!(
            &delta.change,
            Change::Destination(DestinationChange::MetadataKeys { removed }) if removed.is_empty()
        );
        is_one.then_some(Level::Safe)
    },
    references: &[docs!(
        "Airbyte's page on metadata fields",
        "platform/understanding-airbyte/airbyte-metadata-fields"
    )],
    ..Rule::safe(Bump::Minor)
};
