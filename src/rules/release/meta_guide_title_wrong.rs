use crate::rules::prelude::*;

/// The guide has another title.
pub(crate) static CHECK: Check = Check {
    id: "meta-guide-title-wrong",
    title: "The guide has another title",
    level: Severity::Error,
    checks: "The migration guide, where the release brings or edits an entry, or breaks a title that was \
             right: a line `# NAME Migration Guide`, with the name that stands in the metadata, and no byte \
             order mark before it.",
    why: "Airbyte's check asks for this very line.",
    example: Example {
        context: Context::Guide,
        before: &["# Shop Migration Guide", "## Upgrading to 2.0.0", "Refresh orders."],
        after: &["# Migrations", "## Upgrading to 2.0.0", "Refresh orders."],
    },
    action: "Write the line as the message gives it.",
    references: &[CONNECTOR_CHECKS],
};
