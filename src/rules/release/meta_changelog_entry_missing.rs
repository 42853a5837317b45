use crate::rules::prelude::*;

/// The changelog has no line for the version.
pub(crate) static CHECK: Check = Check {
    id: "meta-changelog-entry-missing",
    title: "The changelog has no line for the version",
    level: Severity::Error,
    checks: "The version changed, and the page of the connector has no line for it below its heading \
             *Changelog*; a line in a comment or in a block of code is none. Where no page was found nothing \
             is said.",
    why: "Users cannot see what the version brings, and Airbyte's check asks for the line.",
    example: Example {
        context: Context::Page,
        before: &[],
        after: &[
            "# Shop",
            "## Changelog",
            "| Version | Date | Pull Request | Subject |",
            "| :-- | :-- | :-- | :-- |",
            "| 1.0.0 | 2024-05-01 | 1 | Start |",
        ],
    },
    action: "Add a row to the table of the changelog.",
    references: &[CONNECTOR_CHECKS],
};
