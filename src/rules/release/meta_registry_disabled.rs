use crate::rules::prelude::*;

/// The connector leaves a registry.
pub(crate) static CHECK: Check = Check {
    id: "meta-registry-disabled",
    title: "The connector leaves a registry",
    level: Severity::Error,
    checks: "`registryOverrides.*.enabled` that was true and is not.",
    why: "New connections cannot choose the connector there, and no later version reaches the ones that have it.",
    action: "Announce it, or leave the connector enabled.",
    references: &[BREAKING_CHANGE_POLICY],
};
