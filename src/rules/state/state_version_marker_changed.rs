use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-version-marker-changed",
    title: "A database source writes another state version",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "`version` and `state_type` of database states.",
    why: "The marker decides how the rest is read.",
    example: "`version: 2` becomes `version: 3`.",
    effect: Template::new(
        "Saved state of [`{stream}` carries {old} and the new version writes {new}|the stream carries one version \
         marker and the new version writes another]; whether the old one is still read is in the code.",
    ),
    action: &[
        check("Say whether the new version reads the old marker."),
        announce("If not, this is a breaking change."),
    ],
    cannot_see: "What the code accepts.",
    references: &[airbyte!(
        "The bulk CDK's JDBC state, as source-mysql writes it",
        "airbyte-integrations/connectors/source-mysql/src/main/kotlin/io/airbyte/integrations/source/mysql/MySqlSourceJdbcStreamStateValue.kt#L16"
    )],
    ..Rule::review(Bump::Minor)
};
