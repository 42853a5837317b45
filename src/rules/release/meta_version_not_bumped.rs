use crate::rules::prelude::*;

/// The version was not bumped.
pub(crate) static CHECK: Check = Check {
    id: "meta-version-not-bumped",
    title: "The version was not bumped",
    level: Severity::Error,
    checks: "The connector changed, but `dockerImageTag` is the same or lower.",
    why: "A version that is not bumped is not released, or it replaces what users run.",
    example: Example {
        context: Context::ReleaseOfStream,
        before: &["dockerImageTag: 1.4.2"],
        after: &["dockerImageTag: 1.4.2"],
    },
    action: "Use at least the version that the report names.",
    references: &[BREAKING_CHANGE_POLICY],
};
