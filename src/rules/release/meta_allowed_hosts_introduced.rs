use crate::rules::prelude::*;

/// The list of allowed hosts is new.
pub(crate) static CHECK: Check = Check {
    id: "meta-allowed-hosts-introduced",
    title: "The list of allowed hosts is new",
    level: Severity::Warning,
    checks: "`allowedHosts.hosts` where there was none.",
    why: "Without a list the connector can reach every host. With a list all other hosts are blocked.",
    example: Example {
        context: Context::Metadata,
        before: &[],
        after: &["allowedHosts: {hosts: [api.shop.test]}"],
    },
    action: "List every host that the connector reaches, including hosts that a user sets (`${host}`).",
    references: &[BREAKING_CHANGE_POLICY],
};
