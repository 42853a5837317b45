use crate::rules::prelude::*;

/// A major version has no entry.
pub(crate) static CHECK: Check = Check {
    id: "meta-major-without-entry",
    title: "A major version has no entry",
    level: Severity::Error,
    checks: "The version is N.0.0, and `releases.breakingChanges` has no entry for it. Where a break is \
             found and nothing is declared, `meta-breaking-entry-missing` says it.",
    why: "Airbyte's check of the metadata refuses such a version: users of a major version expect a \
             warning and a guide.",
    example: Example {
        context: Context::Metadata,
        before: &["dockerImageTag: 1.4.2"],
        after: &["dockerImageTag: 2.0.0"],
    },
    action: "Add the entry, or release a minor version where nothing breaks.",
    references: &[BREAKING_CHANGE_POLICY],
};
