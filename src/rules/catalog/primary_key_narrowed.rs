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
    reference: "The platform's catalog diff; source-github 3.0.0, source-jira 3.0.0.",
    ..Rule::breaking(BreakingType::SchemaChange)
};
