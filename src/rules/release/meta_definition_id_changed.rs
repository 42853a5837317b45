use crate::rules::prelude::*;

/// The connector has another definition id.
pub(crate) static CHECK: Check = Check {
    id: "meta-definition-id-changed",
    title: "The connector has another definition id",
    level: Severity::Error,
    checks: "`definitionId`.",
    why: "The platform identifies connectors by it: users of the old id are never upgraded.",
    example: Example {
        context: Context::Metadata,
        before: &["definitionId: 2a1e0bbf-6d1b-4ae7-9d0a-8e6a64c3bb11"],
        after: &["definitionId: 7c5d2f0e-91c4-4b0c-8a55-0f6f0f5d9b22"],
    },
    action: "Restore the id.",
    references: &[BREAKING_CHANGE_POLICY],
};
