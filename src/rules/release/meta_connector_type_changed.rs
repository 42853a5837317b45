use crate::rules::prelude::*;

/// The connector changed between source and destination.
pub(crate) static CHECK: Check = Check {
    id: "meta-connector-type-changed",
    title: "The connector changed between source and destination",
    level: Severity::Error,
    checks: "`connectorType`.",
    why: "Connections use the connector on one end; none of them can go on.",
    action: "Release it as a connector of its own.",
    references: &[BREAKING_CHANGE_POLICY],
};
