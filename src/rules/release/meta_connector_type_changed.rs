use crate::rules::prelude::*;

/// The connector changed between source and destination.
pub(crate) static CHECK: Check = Check {
    id: "meta-connector-type-changed",
    title: "The connector changed between source and destination",
    level: Severity::Error,
    checks: "`connectorType`.",
    why: "Connections use the connector on one end, so none of them can continue.",
    example: Example {
        context: Context::Metadata,
        before: &["connectorType: source"],
        after: &["connectorType: destination"],
    },
    action: "Release it as a separate connector.",
    references: &[BREAKING_CHANGE_POLICY],
};
