use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-version-marker-changed",
    title: "A database source writes another state version",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "`version` and `state_type` of database states.",
    why: "The marker decides how the rest of the state is read.",
    example: Example {
        context: Context::State,
        before: &[r#""version": 2, "state_type": "cursor_based", "cursor": "7", "cursor_field": ["id"]"#],
        after: &[r#""version": 3, "state_type": "cursor_based", "cursor": "7", "cursor_field": ["id"]"#],
    },
    effect: Template::new(
        "Saved state of [`{stream}` ({old})|the stream] may not be read: the new version writes \
         [{new}|another version marker].",
    ),
    action: &[
        check("Find out whether the new version reads the old marker;"),
        announce("declare it if not."),
    ],
    cannot_see: "What the code accepts.",
    references: &[airbyte!(
        "The bulk CDK's JDBC state, as source-mysql writes it",
        "airbyte-integrations/connectors/source-mysql/src/main/kotlin/io/airbyte/integrations/source/mysql/MySqlSourceJdbcStreamStateValue.kt#L16"
    )],
    ..Rule::review(Bump::Minor)
};
