use crate::rules::prelude::*;

/// The connector has another definition id.
pub(crate) static CHECK: Check = Check {
    id: "meta-definition-id-changed",
    title: "The connector has another definition id",
    level: Severity::Error,
    checks: "`definitionId`.",
    why: "The platform identifies connectors by it: users of the old id are never upgraded.",
    action: "Restore the id.",
    references: &[BREAKING_CHANGE_POLICY],
};
