use crate::rules::prelude::*;

/// The scope names streams, but the break reaches everyone.
pub(crate) static CHECK: Check = Check {
    id: "meta-scope-with-global-finding",
    title: "The scope names streams, but the break reaches everyone",
    level: Severity::Error,
    checks: "A breaking finding that is not about single streams, beside a `scopedImpact`.",
    why: "Users outside the scope are upgraded with no warning.",
    example: Example {
        context: Context::ReleaseForAll,
        before: &["dockerImageTag: 1.4.2"],
        after: &[
            "dockerImageTag: 2.0.0",
            r#"releases: {breakingChanges: {2.0.0: {message: Set a region., upgradeDeadline: "2030-05-01","#,
            "  scopedImpact: [{scopeType: stream, impactedScopes: [users]}]}}}",
        ],
    },
    action: "Remove `scopedImpact`, or split the release.",
    references: &[BREAKING_CHANGE_POLICY],
};
