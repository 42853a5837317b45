use crate::rules::prelude::*;

/// A declared break is not found.
pub(crate) static CHECK: Check = Check {
    id: "meta-entry-without-finding",
    title: "A declared break is not found",
    level: Severity::Warning,
    checks: "There is an entry for this release, but no breaking finding.",
    why: "The break may be in code that these files do not show, or an input is missing.",
    example: Example {
        context: Context::Metadata,
        before: &["dockerImageTag: 1.4.2"],
        after: &[
            "dockerImageTag: 2.0.0",
            r#"releases: {breakingChanges: {2.0.0: {message: Orders are removed., upgradeDeadline: "2030-05-01"}}}"#,
        ],
    },
    action: "Check that the entry describes this release. Give captured catalogs or state samples to \
             confirm it.",
    references: &[BREAKING_CHANGE_POLICY],
};
