use crate::rules::prelude::*;

/// What happens at the deadline is not said.
pub(crate) static CHECK: Check = Check {
    id: "meta-deadline-action-missing",
    title: "deadlineAction is missing",
    level: Severity::Error,
    checks: "An entry that the release brings has no `deadlineAction`.",
    why: "Airbyte's check of the entry fails.",
    example: Example {
        context: Context::Metadata,
        before: &["dockerImageTag: 1.4.2"],
        after: &[
            "dockerImageTag: 2.0.0",
            "releases: {breakingChanges: {2.0.0: {message: Users refresh orders; see the migration guide.,",
            r#"  upgradeDeadline: "2030-05-01"}}}"#,
        ],
    },
    action: "Write `deadlineAction: disable`, or `auto_upgrade` where users need not do anything.",
    references: &[BREAKING_CHANGE_POLICY],
};
