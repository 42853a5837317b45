use crate::rules::prelude::*;

/// The version bump is too small.
pub(crate) static CHECK: Check = Check {
    id: "meta-bump-too-small",
    title: "The version bump is too small",
    level: Severity::Error,
    checks: "The bump from the old to the new `dockerImageTag` is compared with the bump that the findings \
             need. Below 1.0.0 a break needs a minor version and an addition a patch.",
    why: "The version tells users and tools whether they have to act.",
    example: Example {
        context: Context::ReleaseOfStream,
        before: &["dockerImageTag: 1.4.2"],
        after: &["dockerImageTag: 1.4.3"],
    },
    action: "Use at least the version that the report names. For additions this is advice.",
    references: &[BREAKING_CHANGE_POLICY],
};
