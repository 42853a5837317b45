use crate::rules::prelude::*;

/// A break is not declared.
pub(crate) static CHECK: Check = Check {
    id: "meta-breaking-entry-missing",
    title: "A break is not declared",
    level: Severity::Error,
    checks: "There is a breaking finding, but `releases.breakingChanges` has no entry after the old \
             version and up to the new one.",
    why: "Without an entry the platform upgrades every user with no warning and no deadline.",
    example: Example {
        context: Context::ReleaseOfStream,
        before: &["dockerImageTag: 1.4.2"],
        after: &["dockerImageTag: 2.0.0"],
    },
    action: "Add an entry for the new version with `message`, `upgradeDeadline` and, if only some streams \
             break, `scopedImpact`. Write the migration guide.",
    references: &[BREAKING_CHANGE_POLICY],
};
