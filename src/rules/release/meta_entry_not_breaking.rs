use crate::rules::prelude::*;

/// The entry says that nothing breaks.
pub(crate) static CHECK: Check = Check {
    id: "meta-entry-not-breaking",
    title: "The entry says that nothing breaks",
    level: Severity::Error,
    checks: "An entry that the release brings has `isBreaking: false`. Where a break is found this is an \
             error, else a warning.",
    why: "The platform reads the entry all the same, and people who read the file take the release for \
             harmless.",
    example: Example {
        context: Context::ReleaseOfStream,
        before: &["dockerImageTag: 1.4.2"],
        after: &[
            "dockerImageTag: 2.0.0",
            "releases: {breakingChanges: {2.0.0: {message: Users refresh orders; see the migration guide.,",
            r#"  upgradeDeadline: "2030-05-01", deadlineAction: disable, isBreaking: false}}}"#,
        ],
    },
    action: "Drop `isBreaking`. Where nothing breaks, drop the entry.",
    references: &[BREAKING_CHANGE_POLICY],
};
