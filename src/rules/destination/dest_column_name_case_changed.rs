use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-column-name-case-changed",
    title: "Columns are written in another case",
    affects: Affects::Everyone,
    checks: "Names of columns that differ only in their case, in golden files, expected records, `CREATE TABLE` statements, \
             AVRO schemas and output. A test that writes its fields in another case is none.",
    why: "Engines that tell cases apart, and quoted names everywhere, no longer find the columns. Where all files of one kind \
          agree, users break.",
    example: Example {
        context: Context::Case {
            place: "`src/test-integration/resources/dat/sync1_expectedrecords_dedup_final.jsonl`",
            case: "upper-case",
        },
        before: &[r#"{"_airbyte_raw_id": "a", "id1": 1, "name": "Alice"}"#],
        after: &[r#"{"_airbyte_raw_id": "a", "ID1": 1, "NAME": "Alice"}"#],
    },
    effect: Template::new(
        "Columns have names in another case[: {new} instead of {old}|]. Queries with quoted names fail.",
    ),
    action: &[
        avoid("Keep the case,"),
        announce("or declare it."),
        refresh("Users refresh their streams and adapt their queries."),
    ],
    cannot_see: "Whether names are only printed otherwise.",
    applies: |delta, _| Some(super::agreed(delta)),
    references: &[
        github!("airbyte#34450, final tables in upper case from a patch release on", "airbyte/issues/34450"),
        docs!("destination-postgres 2.0.0", "integrations/destinations/postgres-migrations#upgrading-to-200"),
    ],
    ..Rule::breaking(BreakingType::DestinationFormatChange)
};
