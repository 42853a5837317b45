use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-removed",
    title: "A field was removed",
    affects: Affects::Stream,
    checks: "A property that only the old schema declares.",
    why: "Queries and models read the column.",
    example: "`dealstage` goes.",
    effect: Template::new(
        "The column [{field} of `{stream}` |]is no longer filled, or is dropped, depending on the destination.",
    ),
    action: &[
        announce("Announce it and name the stream in `scopedImpact`."),
        document("If it was renamed, say under which name;"),
        refresh_schema("users refresh the schema"),
        refresh("and the stream."),
    ],
    cannot_see: "Whether the API still sends it.",
    references: &[PULL_REQUEST_HANDBOOK, github!("The case of source-hubspot's deals", "airbyte/pull/15354")],
    ..Rule::breaking(BreakingType::StreamOrPropertyRemoval)
};
