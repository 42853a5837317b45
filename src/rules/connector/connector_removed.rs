use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "connector-removed",
    title: "The connector was removed",
    affects: Affects::Everyone,
    checks: "The new side is absent on purpose (`/dev/null`), and the old side holds a connector.",
    why: "Nothing is built any more: connections get no new releases, and none at all where the registry drops the entry.",
    example: Example {
        context: Context::Case { place: "`metadata.yaml`, which is gone", case: "fires" },
        before: &["  dockerRepository: lantern/source-lantern"],
        after: &[],
    },
    effect: Template::new(
        "Connections get no more releases of the connector, and stop where the registry drops its entry. Their tables \
         are no longer updated.",
    ),
    action: &[
        announce("Tell every user first, with a date and a replacement."),
        avoid("Keep the folder while the connector has users."),
    ],
    cannot_see: "Whether the connector moved to another folder or has another name: compare the two folders then. \
                 Whether anybody uses it.",
    references: &[BREAKING_CHANGE_POLICY, PULL_REQUEST_HANDBOOK],
    ..Rule::breaking(BreakingType::StreamOrPropertyRemoval)
};
