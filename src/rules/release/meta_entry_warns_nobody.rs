use crate::rules::prelude::*;

/// The entry warns nobody.
pub(crate) static CHECK: Check = Check {
    id: "meta-entry-warns-nobody",
    title: "The entry warns nobody",
    level: Severity::Error,
    checks: "A release that breaks users has an entry, and none of its entries reaches a user for sure: \
             each is empty, says `isBreaking: false`, or has a scope that is no list of streams.",
    why: "Users are upgraded with no warning, although something is declared.",
    example: Example {
        context: Context::ReleaseOfStream,
        before: &["dockerImageTag: 1.4.2"],
        after: &[
            "dockerImageTag: 2.0.0",
            r#"releases: {breakingChanges: {2.0.0: {message: Users change., upgradeDeadline: "2030-05-01","#,
            "  scopedImpact: [{scopeType: configKey, impactedScopes: [orders]}]}}}",
        ],
    },
    action: "Give the entry a message and a deadline, and a `scopedImpact` of type `stream`, or none.",
    references: &[BREAKING_CHANGE_POLICY],
};
