use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "primary-key-narrowed",
    title: "The primary key has fewer parts",
    affects: Affects::DedupSyncs,
    checks: "`source_defined_primary_key` with some of its old parts and no other.",
    why: "The source's key overrides the user's.",
    example: "`[account, id]` becomes `id`.",
    effect: Template::new(
        "Rows of [`{stream}` are deduplicated by {new} instead of {old}|the stream are deduplicated by fewer \
         fields]: rows that were kept apart overwrite each other, and the platform pauses connections whose key \
         differs.",
    ),
    action: ANNOUNCE_AND_REFRESH,
    cannot_see: "Keys that are set in Python.",
    references: &[PRIMARY_KEY_DIFF, SOURCE_GITHUB_3, SOURCE_JIRA_3],
    ..Rule::breaking(BreakingType::SchemaChange)
};
