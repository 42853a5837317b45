use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "primary-key-changed",
    title: "The primary key changed",
    affects: Affects::DedupSyncs,
    checks: "`source_defined_primary_key` with other parts.",
    why: "The source's key overrides the user's.",
    example: "`id` becomes `uuid`.",
    effect: Template::new(
        "Rows of [`{stream}` are deduplicated by {new} instead of {old}|the stream are deduplicated by another \
         key]: rows with one old key become several, or several become one, and the platform pauses connections \
         whose key differs.",
    ),
    action: ANNOUNCE_AND_REFRESH,
    cannot_see: "Keys that are set in Python.",
    references: &[PRIMARY_KEY_DIFF, SOURCE_GITHUB_3, SOURCE_JIRA_3],
    ..Rule::breaking(BreakingType::SchemaChange)
};
