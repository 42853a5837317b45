use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-raw-fixtures-removed",
    title: "Raw tables are no longer expected",
    affects: Affects::Everyone,
    checks: "Expected records of raw tables that are all removed, while expected records of final tables stay. Where both are \
             removed, the tests are.",
    why: "A connector that loads final tables directly writes no raw tables, and whoever reads them gets no new records.",
    example: Example {
        context: Context::Case {
            place: "`src/test-integration/resources/dat/sync1_expectedrecords_raw.jsonl`",
            case: "direct-load",
        },
        before: &[r#"{"_airbyte_raw_id": "a", "_airbyte_data": {"id1": 1, "name": "Alice"}}"#],
        after: &[],
    },
    effect: Template::new("Raw tables get no new records: queries and models that read them go stale."),
    action: &[avoid("Keep an option that writes raw tables,"), announce("and declare it.")],
    cannot_see: "Whether raw tables are still written and only no longer tested.",
    applies: |delta, _| Some(super::agreed(delta)),
    references: &[
        docs!("Airbyte's page on direct loading", "platform/using-airbyte/core-concepts/direct-load-tables"),
        super::EXPECTED_RECORDS,
    ],
    ..Rule::breaking(BreakingType::DestinationFormatChange)
};
