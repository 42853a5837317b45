use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "primary-key-added",
    title: "A primary key was added",
    breaking_type: Some(BreakingType::SchemaChange),
    affects: Affects::DedupSyncs,
    checks: "`source_defined_primary_key` where there was none.",
    why: "The key of the source overrides the key that a user chose. The platform pauses connections whose \
          key differs.",
    example: Example {
        context: Context::Stream,
        before: &[],
        after: &[r#""source_defined_primary_key": [["id"]]"#],
    },
    effect: Template::new(
        "Rows of [`{stream}` are deduplicated by {new}|the stream are deduplicated by the new key], \
         whatever key users chose.",
    ),
    action: &[nothing("Nothing to do if users chose the same key;"), announce("otherwise declare it.")],
    cannot_see: "Which key users chose.",
    references: &[PRIMARY_KEY_DIFF, SOURCE_GITHUB_3, SOURCE_JIRA_3],
    ..Rule::review(Bump::Major)
};
