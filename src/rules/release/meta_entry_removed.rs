use crate::rules::prelude::*;

/// A published entry is gone.
pub(crate) static CHECK: Check = Check {
    id: "meta-entry-removed",
    title: "A published entry is gone",
    level: Severity::Warning,
    checks: "Entries of `releases.breakingChanges` for versions that were published before.",
    why: "Users who have not passed that version yet are upgraded over the break without a warning.",
    action: "Keep the entries of all published versions.",
    references: &[BREAKING_CHANGE_POLICY],
};
