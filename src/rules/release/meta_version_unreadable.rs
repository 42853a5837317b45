use crate::rules::prelude::*;

/// The version cannot be read.
pub(crate) static CHECK: Check = Check {
    id: "meta-version-unreadable",
    title: "The version cannot be read",
    level: Severity::Warning,
    checks: "`dockerImageTag` is missing or is not three numbers such as `1.2.3`, with or without a \
             pre-release.",
    why: "Without it neither the bump nor the declaration can be judged.",
    action: "Write `dockerImageTag: 1.2.3`.",
    references: &[BREAKING_CHANGE_POLICY],
};
