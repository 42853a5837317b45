use crate::rules::prelude::*;

/// The scope names a stream that does not exist.
pub(crate) static CHECK: Check = Check {
    id: "meta-scope-unknown-stream",
    title: "The scope names a stream that does not exist",
    level: Severity::Error,
    checks: "The streams in the `scopedImpact` of an entry that the release brings, against the streams \
             of the old version. Where not all of them are known, a name that is nearly one of them is a \
             warning.",
    why: "The platform warns those who sync a stream of this name: nobody.",
    example: Example {
        context: Context::ReleaseOfStream,
        before: &["dockerImageTag: 1.4.2"],
        after: &[
            "dockerImageTag: 2.0.0",
            "releases: {breakingChanges: {2.0.0: {message: Users refresh orders; see the migration guide.,",
            r#"  upgradeDeadline: "2030-05-01","#,
            "  deadlineAction: disable, scopedImpact: [{scopeType: stream, impactedScopes: [orders, order]}]}}}",
        ],
    },
    action: "Write the name as users of the old version know it.",
    references: &[BREAKING_CHANGE_POLICY],
};
