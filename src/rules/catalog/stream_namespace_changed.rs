use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "stream-namespace-changed",
    title: "A stream moved to another namespace",
    affects: Affects::Stream,
    checks: "A stream with the same name and another namespace.",
    why: "Identity of a stream is namespace and name together, in the catalog and in state.",
    example: "`public.users` becomes `app.users`.",
    effect: Template::new(
        "[`{stream}`|The stream] arrives in another namespace[ ({old} became {new})|]: a new table is filled, the \
         old one goes stale, and saved state is not found.",
    ),
    action: &[
        announce("Announce it;"),
        refresh_schema("users refresh the schema,"),
        choose("enable the stream in its new namespace"),
        refresh("and re-sync it."),
    ],
    references: &[PULL_REQUEST_HANDBOOK],
    ..Rule::breaking(BreakingType::StreamOrPropertyRemoval)
};
