use crate::rules::prelude::*;

/// Users are upgraded before they could act.
pub(crate) static CHECK: Check = Check {
    id: "meta-deadline-action-contradicts",
    title: "Users are upgraded before they could act",
    level: Severity::Warning,
    checks: "An entry says `deadlineAction: auto_upgrade`, and what breaks asks users to act.",
    why: "At the deadline the platform moves users to the version although their connections do not \
             work with it.",
    example: Example {
        context: Context::ReleaseForAll,
        before: &["dockerImageTag: 1.4.2"],
        after: &[
            "dockerImageTag: 2.0.0",
            "releases: {breakingChanges: {2.0.0: {message: Users refresh orders; see the migration guide.,",
            r#"  upgradeDeadline: "2030-05-01", deadlineAction: auto_upgrade}}}"#,
        ],
    },
    action: "Write `deadlineAction: disable`.",
    references: &[BREAKING_CHANGE_POLICY],
};
