use crate::rules::prelude::*;

/// A published entry changed.
pub(crate) static CHECK: Check = Check {
    id: "meta-entry-edited",
    title: "A published entry changed",
    level: Severity::Warning,
    checks: "The message, deadline, action and scope of an entry of `releases.breakingChanges` for a \
             version that was published before.",
    why: "The platform reads the entries of the newest version, so the notice changes after users have \
          read it.",
    example: Example {
        context: Context::Metadata,
        before: &[
            r#"releases: {breakingChanges: {1.0.0: {message: Orders are removed., upgradeDeadline: "2024-05-01"}}}"#,
        ],
        after: &[
            r#"releases: {breakingChanges: {1.0.0: {message: Orders are removed., upgradeDeadline: "2024-09-01"}}}"#,
        ],
    },
    action: "Edit a published entry only to correct it. Give a new break its own entry.",
    references: &[BREAKING_CHANGE_POLICY],
};
