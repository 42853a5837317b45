use crate::rules::prelude::*;

/// The sections of the guide are out of order.
pub(crate) static CHECK: Check = Check {
    id: "meta-guide-order",
    title: "The sections of the guide are out of order",
    level: Severity::Error,
    checks: "The headings `## Upgrading to X.Y.Z` of the migration guide, where the release brings or \
             edits an entry: the latest version comes first, and each stands once. Airbyte's check sorts \
             versions as texts, so that 10.0.0 comes after 9.0.0: where the two orders differ this is a \
             warning that says which is meant.",
    why: "Users look for their version from the top, and Airbyte's check fails.",
    example: Example {
        context: Context::Guide,
        before: &[],
        after: &[
            "# Shop Migration Guide",
            "## Upgrading to 1.0.0",
            "Refresh users.",
            "## Upgrading to 2.0.0",
            "Refresh orders.",
        ],
    },
    action: "Move the section up.",
    references: &[CONNECTOR_CHECKS],
};
