use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "primary-key-removed",
    title: "The primary key was removed",
    affects: Affects::DedupSyncs,
    checks: "`source_defined_primary_key` that is gone.",
    why: "Deduplication needs a key.",
    example: "`id` is no longer set.",
    effect: Template::new(
        "The source no longer says what makes a row of [`{stream}` unique (before: {old})|the stream unique]: new \
         connections cannot deduplicate without choosing a key, existing ones keep theirs.",
    ),
    action: &[
        avoid("Put the key back,"),
        announce("or announce it:"),
        choose("users choose a key themselves."),
    ],
    cannot_see: "Keys that are set in Python.",
    references: &[PRIMARY_KEY_DIFF, SOURCE_GITHUB_3, SOURCE_JIRA_3],
    ..Rule::breaking(BreakingType::SchemaChange)
};
