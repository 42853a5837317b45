use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-table-name-changed",
    title: "A table is written under another name",
    affects: Affects::Everyone,
    checks: "`CREATE TABLE` statements of one file whose columns stay and whose table or schema has another name, and the list \
             of table names that the bulk CDK's regression tests expect.",
    why: "The next sync fills a new table, and queries read the old one, which nobody fills any more.",
    example: Example {
        context: Context::Case { place: "`src/test/resources/raw_tables.sql`", case: "another-schema" },
        before: &["CREATE TABLE app._airbyte_raw_users ("],
        after: &["CREATE TABLE airbyte_internal.app_raw__stream_users ("],
    },
    effect: Template::new(
        "[Records go to `{new}` instead of `{old}`|Records go to another table]: queries still read the old table.",
    ),
    action: &[
        avoid("Keep the name,"),
        announce("or declare it."),
        refresh("Users refresh their streams and read the new table."),
    ],
    cannot_see: "Whether the connector moves tables that exist.",
    applies: |delta, _| Some(super::agreed(delta)),
    references: &[
        docs!(
            "Airbyte's page on typing and deduping",
            "platform/using-airbyte/core-concepts/typing-deduping"
        ),
        super::GOLDEN_FILES,
    ],
    ..Rule::breaking(BreakingType::DestinationFormatChange)
};
