use crate::rules::prelude::*;

/// The scope names a stream by its new name.
pub(crate) static CHECK: Check = Check {
    id: "meta-scope-uses-new-name",
    title: "The scope names a stream by its new name",
    level: Severity::Error,
    checks: "A stream in the `scopedImpact` of an entry is new, and it looks like a stream that is gone: \
             it was renamed.",
    why: "The platform looks for the name in what users have saved, which is the old one.",
    example: Example {
        context: Context::ReleaseOfRename,
        before: &["dockerImageTag: 1.4.2"],
        after: &[
            "dockerImageTag: 2.0.0",
            "releases: {breakingChanges: {2.0.0: {message: Users refresh orders; see the migration guide.,",
            r#"  upgradeDeadline: "2030-05-01","#,
            "  deadlineAction: disable, scopedImpact: [{scopeType: stream, impactedScopes: [order]}]}}}",
        ],
    },
    action: "Write the old name.",
    references: &[BREAKING_CHANGE_POLICY],
};
