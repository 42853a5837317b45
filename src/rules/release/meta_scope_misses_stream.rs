use crate::rules::prelude::*;

/// The scope leaves out streams that break.
pub(crate) static CHECK: Check = Check {
    id: "meta-scope-misses-stream",
    title: "The scope leaves out streams that break",
    level: Severity::Error,
    checks: "The streams of breaking findings, held against the `impactedScopes` of the entries of this release.",
    why: "Users who sync only the streams left out are upgraded with no warning.",
    action: "Add the streams to `impactedScopes`, by name; for renames the old name.",
    references: &[BREAKING_CHANGE_POLICY],
};
