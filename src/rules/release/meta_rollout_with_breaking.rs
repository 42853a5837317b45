use crate::rules::prelude::*;

/// A rollout in steps of a breaking version.
pub(crate) static CHECK: Check = Check {
    id: "meta-rollout-with-breaking",
    title: "A rollout in steps of a breaking version",
    level: Severity::Warning,
    checks: "`enableProgressiveRollout` is on, and the version has an entry in \
             `releases.breakingChanges`.",
    why: "The entry wins: the registry drops the rollout, and everyone is offered the version at once.",
    example: Example {
        context: Context::Metadata,
        before: &["dockerImageTag: 1.4.2"],
        after: &[
            "dockerImageTag: 2.0.0",
            "releases: {rolloutConfiguration: {enableProgressiveRollout: true},",
            "  breakingChanges: {2.0.0: {message: Users refresh orders; see the migration guide.,",
            r#"  upgradeDeadline: "2030-05-01", deadlineAction: disable}}}"#,
        ],
    },
    action: "Drop the rollout configuration.",
    references: &[BREAKING_CHANGE_POLICY],
};
