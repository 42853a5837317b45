use crate::rules::prelude::*;

/// The version did not move.
pub(crate) static CHECK: Check = Check {
    id: "meta-version-not-bumped",
    title: "The version did not move",
    level: Severity::Error,
    checks: "The connector changed, and `dockerImageTag` is the same or lower.",
    why: "A version that does not move is not released, or replaces what users run.",
    action: "Choose at least the version the report names.",
    references: &[BREAKING_CHANGE_POLICY],
};
