use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "stream-namespace-changed",
    title: "A stream moved to another namespace",
    affects: Affects::Stream,
    checks: "A stream with the same name and another namespace.",
    why: "Namespace and name together identify a stream, in the catalog and in state. Saved state is not \
          found under the new namespace.",
    example: Example {
        context: Context::Stream,
        before: &[r#""namespace": "public""#],
        after: &[r#""namespace": "app""#],
    },
    effect: Template::new(
        "[`{stream}`|The stream] fills a new table from the start, because its namespace changed[ from \
         {old} to {new}|]. The old table is stale.",
    ),
    action: &[
        announce("Declare it."),
        refresh_schema("Users refresh the schema,"),
        enable_stream("enable the stream there"),
        refresh("and sync it again."),
    ],
    references: &[PULL_REQUEST_HANDBOOK],
    ..Rule::breaking(BreakingType::StreamOrPropertyRemoval)
};
