use crate::rules::prelude::*;

/// The deadline is too soon.
pub(crate) static CHECK: Check = Check {
    id: "meta-deadline-too-soon",
    title: "upgradeDeadline is too soon or has passed",
    level: Severity::Error,
    checks: "The `upgradeDeadline` of an entry that the release brings is at most 7 days after today \
             (`--today` sets another day). For a destination, fewer than 30 days are a warning.",
    why: "Airbyte's check fails. Users who do not read the warning in time are upgraded or stopped.",
    example: Example {
        context: Context::Metadata,
        before: &["dockerImageTag: 1.4.2"],
        after: &[
            "dockerImageTag: 2.0.0",
            "releases: {breakingChanges: {2.0.0: {message: Users refresh orders; see the migration guide.,",
            r#"  upgradeDeadline: "2024-05-01", deadlineAction: disable}}}"#,
        ],
    },
    action: "Set a later date: two weeks after the release for a source, a month or more for a \
             destination.",
    references: &[BREAKING_CHANGE_POLICY],
};
