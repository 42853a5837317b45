use crate::rules::prelude::*;

/// An entry is for another version.
pub(crate) static CHECK: Check = Check {
    id: "meta-entry-of-another-version",
    title: "An entry is for another version",
    level: Severity::Error,
    checks: "An entry that the release brings, for a version that comes after this one (an error) or that \
             was published before (a warning).",
    why: "The platform warns users when they reach the version of the entry: of a later one it says \
             nothing yet, and of an earlier one they are told after the fact.",
    example: Example {
        context: Context::Metadata,
        before: &["dockerImageTag: 1.4.2"],
        after: &[
            "dockerImageTag: 1.4.3",
            "releases: {breakingChanges: {3.0.0: {message: Users refresh orders; see the migration guide.,",
            r#"  upgradeDeadline: "2030-05-01", deadlineAction: disable}}}"#,
        ],
    },
    action: "Write the version that is released as the key of the entry.",
    references: &[BREAKING_CHANGE_POLICY],
};
