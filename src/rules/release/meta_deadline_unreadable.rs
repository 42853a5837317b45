use crate::rules::prelude::*;

/// The deadline is no date.
pub(crate) static CHECK: Check = Check {
    id: "meta-deadline-unreadable",
    title: "The deadline is no date",
    level: Severity::Error,
    checks: "The `upgradeDeadline` of an entry that the release brings is no date of the form YYYY-MM-DD.",
    why: "Airbyte's checks refuse it or crash on it, and the platform cannot tell users when they are \
             upgraded.",
    example: Example {
        context: Context::Metadata,
        before: &["dockerImageTag: 1.4.2"],
        after: &[
            "dockerImageTag: 2.0.0",
            "releases: {breakingChanges: {2.0.0: {message: Users refresh orders; see the migration guide.,",
            "  upgradeDeadline: soon, deadlineAction: disable}}}",
        ],
    },
    action: "Write a date between quotes: \"2030-05-01\".",
    references: &[BREAKING_CHANGE_POLICY],
};
