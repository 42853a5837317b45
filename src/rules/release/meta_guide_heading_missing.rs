use crate::rules::prelude::*;

/// The guide has no section for the version.
pub(crate) static CHECK: Check = Check {
    id: "meta-guide-heading-missing",
    title: "The guide has no section for the version",
    level: Severity::Error,
    checks: "The migration guide has a heading `## Upgrading to X.Y.Z` for each entry that the release \
             brings or edits. A heading with more words, or one in a block of code, is none.",
    why: "Users who follow the warning find nothing about their version, and Airbyte's check asks for \
             these very words.",
    example: Example {
        context: Context::Guide,
        before: &[],
        after: &["# Shop Migration Guide", "## Upgrading to v2.0.0", "Refresh orders."],
    },
    action: "Write the heading, and below it what changes, for whom, and the steps.",
    references: &[CONNECTOR_CHECKS],
};
