use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "primary-key-removed",
    title: "The primary key was removed",
    affects: Affects::DedupSyncs,
    checks: "`source_defined_primary_key` that is removed.",
    why: "Deduplication needs a key.",
    example: Example {
        context: Context::Stream,
        before: &[r#""source_defined_primary_key": [["id"]]"#],
        after: &[],
    },
    effect: Template::new(
        "New connections must choose a key to deduplicate [`{stream}` (before: {old})|the stream]. \
         Existing ones keep theirs.",
    ),
    action: &[avoid("Restore the key,"), announce("or declare it:"), choose_key("users choose a key.")],
    cannot_see: "Keys that are set in Python.",
    references: &[PRIMARY_KEY_DIFF, SOURCE_GITHUB_3, SOURCE_JIRA_3],
    ..Rule::breaking(BreakingType::SchemaChange)
};
