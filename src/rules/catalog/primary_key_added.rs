use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "primary-key-added",
    title: "A primary key was added",
    breaking_type: Some(BreakingType::SchemaChange),
    affects: Affects::DedupSyncs,
    checks: "`source_defined_primary_key` where there was none.",
    why: "The source's key overrides the user's; the platform pauses connections whose key differs.",
    example: "`id` is set.",
    effect: Template::new(
        "Rows of [`{stream}` are deduplicated by {new}|the stream are deduplicated by the key of the source] from \
         now on, whatever key the user had chosen.",
    ),
    action: &[
        nothing("Harmless where users had chosen the same key."),
        announce("If another was likely, announce it as a breaking change."),
    ],
    cannot_see: "Which key users had chosen.",
    references: &[PRIMARY_KEY_DIFF, SOURCE_GITHUB_3, SOURCE_JIRA_3],
    ..Rule::review(Bump::Major)
};
