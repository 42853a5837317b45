use crate::rules::prelude::*;

/// The connector is removed from a registry.
pub(crate) static CHECK: Check = Check {
    id: "meta-registry-disabled",
    title: "The connector is removed from a registry",
    level: Severity::Error,
    checks: "`registryOverrides.*.enabled` that was true and is not true now.",
    why: "Users cannot choose the connector there for new connections, and users who have it get no later \
          version.",
    example: Example {
        context: Context::Metadata,
        before: &["registryOverrides: {cloud: {enabled: true}}"],
        after: &["registryOverrides: {cloud: {enabled: false}}"],
    },
    action: "Declare it, or keep the connector enabled.",
    references: &[BREAKING_CHANGE_POLICY],
};
