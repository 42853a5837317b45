use crate::rules::prelude::*;

/// The section of the guide is empty.
pub(crate) static CHECK: Check = Check {
    id: "meta-guide-section-empty",
    title: "The section of the guide is empty",
    level: Severity::Warning,
    checks: "The section of the migration guide for an entry that the release brings or edits has no \
             text.",
    why: "Airbyte's check sees the heading alone and passes; users find no steps.",
    example: Example {
        context: Context::Guide,
        before: &[],
        after: &[
            "# Shop Migration Guide",
            "## Upgrading to 2.0.0",
            "## Upgrading to 1.0.0",
            "Refresh users.",
        ],
    },
    action: "Write what changes, why, for whom, and the steps.",
    references: &[BREAKING_CHANGE_POLICY],
};
