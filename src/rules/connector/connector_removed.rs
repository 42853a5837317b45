use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "connector-removed",
    title: "The connector was removed",
    affects: Affects::Everyone,
    checks: "A new side that is absent on purpose (`/dev/null`) beside an old side that holds a connector.",
    why: "What is not there is not built: every connection that uses the connector gets no more releases of it, and \
          none at all where the registry drops its entry.",
    example: "`connector-diff check source-bookshop /dev/null`.",
    effect: Template::new(
        "No new version of the connector is built. Its connections get no more fixes, and stop where the registry drops \
         its entry; the tables stay as they are and go stale.",
    ),
    action: &[
        announce("Announce the removal to every user first, with a date and with what takes its place."),
        avoid("Where it is to stay for those who use it, keep its folder."),
    ],
    cannot_see: "Whether the connector moved to another folder or name: compare the two folders then. Whether anybody \
                 uses it.",
    references: &[BREAKING_CHANGE_POLICY, PULL_REQUEST_HANDBOOK],
    ..Rule::breaking(BreakingType::StreamOrPropertyRemoval)
};
