use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-expected-value-encoding-changed",
    title: "Values are written in another way",
    breaking_type: Some(BreakingType::DestinationFormatChange),
    affects: Affects::Everyone,
    checks: "Values of expected records, or of output that is handed in, where none of the old forms is left: fractions and zones of timestamps, objects that \
             become texts with JSON. A value that the test itself writes in another way is none.",
    why: "The same record gives another value in the table. Tests print what an engine gives, so that another way to print it \
          looks the same.",
    example: Example {
        context: Context::Case {
            place: "`src/test-integration/resources/dat/sync1_expectedrecords_dedup_final.jsonl`",
            case: "extracted-at-in-utc",
        },
        before: &[r#"{"_airbyte_extracted_at": "1970-01-01T00:00:01.000000000-08:00", "id1": 1}"#],
        after: &[r#"{"_airbyte_extracted_at": "1970-01-01T00:00:01.000000000Z", "id1": 1}"#],
    },
    effect: Template::new(
        "[Values of {field} are written like `{new}` instead of `{old}`|Values are written in another way]: old and new rows differ.",
    ),
    action: &[check(
        "Check whether the connector writes other values now, or they are only printed otherwise.",
    )],
    cannot_see: "Whether the connector writes other values, or they are only printed otherwise.",
    references: &[super::EXPECTED_RECORDS],
    ..Rule::review(Bump::Minor)
};
