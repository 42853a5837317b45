use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "primary-key-widened",
    title: "The primary key has more parts",
    affects: Affects::DedupSyncs,
    checks: "`source_defined_primary_key` with all its old parts and new ones.",
    why: "The key of the source overrides the key that a user chose.",
    example: Example {
        context: Context::Stream,
        before: &[r#""source_defined_primary_key": [["id"]]"#],
        after: &[r#""source_defined_primary_key": [["id"], ["account"]]"#],
    },
    effect: Template::new(
        "Rows of [`{stream}` are deduplicated by {new} instead of {old}|the stream are deduplicated by \
         more fields] and may be duplicated. The platform pauses connections with another key.",
    ),
    action: ANNOUNCE_AND_REFRESH,
    cannot_see: "Keys that are set in Python.",
    references: &[PRIMARY_KEY_DIFF, SOURCE_GITHUB_3, SOURCE_JIRA_3],
    ..Rule::breaking(BreakingType::SchemaChange)
};
