use crate::rules::prelude::*;

/// The scope does not list all streams that break.
pub(crate) static CHECK: Check = Check {
    id: "meta-scope-misses-stream",
    title: "The scope does not list all streams that break",
    level: Severity::Error,
    checks: "The streams of breaking findings are compared with the `impactedScopes` of the entries of \
             this release.",
    why: "Users who sync only the missing streams are upgraded with no warning.",
    example: Example {
        context: Context::ReleaseOfStream,
        before: &["dockerImageTag: 1.4.2"],
        after: &[
            "dockerImageTag: 2.0.0",
            r#"releases: {breakingChanges: {2.0.0: {message: Users change., upgradeDeadline: "2030-05-01","#,
            "  scopedImpact: [{scopeType: stream, impactedScopes: [users]}]}}}",
        ],
    },
    action: "Add the streams to `impactedScopes`, by name. For a renamed stream add the old name.",
    references: &[BREAKING_CHANGE_POLICY],
};
