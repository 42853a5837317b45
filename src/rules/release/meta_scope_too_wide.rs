use crate::rules::prelude::*;

/// The scope is wider than the break.
pub(crate) static CHECK: Check = Check {
    id: "meta-scope-too-wide",
    title: "The scope is wider than the break",
    level: Severity::Warning,
    checks: "An entry warns everyone although only users of some streams break, or its scope names \
             streams that nothing breaks. Where not everything could be seen, or something is left to \
             review, nothing is said.",
    why: "Users who need not act are warned, and stopped at the deadline.",
    example: Example {
        context: Context::ReleaseOfStream,
        before: &["dockerImageTag: 1.4.2"],
        after: &[
            "dockerImageTag: 2.0.0",
            "releases: {breakingChanges: {2.0.0: {message: Users refresh orders; see the migration guide.,",
            r#"  upgradeDeadline: "2030-05-01", deadlineAction: disable}}}"#,
        ],
    },
    action: "List the streams that break in `scopedImpact`, and no others.",
    references: &[BREAKING_CHANGE_POLICY],
};
