use crate::rules::prelude::*;

/// A published entry was removed.
pub(crate) static CHECK: Check = Check {
    id: "meta-entry-removed",
    title: "A published entry was removed",
    level: Severity::Warning,
    checks: "Entries of `releases.breakingChanges` for versions that were published before.",
    why: "Users of versions before that one are upgraded past the break without a warning.",
    example: Example {
        context: Context::Metadata,
        before: &[
            r#"releases: {breakingChanges: {1.0.0: {message: Orders are removed., upgradeDeadline: "2024-05-01"}}}"#,
        ],
        after: &[],
    },
    action: "Keep the entries of all published versions.",
    references: &[BREAKING_CHANGE_POLICY],
};
