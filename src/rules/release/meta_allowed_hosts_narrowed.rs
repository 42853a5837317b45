use crate::rules::prelude::*;

/// Hosts were removed from the list of allowed hosts.
pub(crate) static CHECK: Check = Check {
    id: "meta-allowed-hosts-narrowed",
    title: "Hosts were removed from the list of allowed hosts",
    level: Severity::Warning,
    checks: "Entries of `allowedHosts.hosts` that no new entry covers.",
    why: "Requests to these hosts are blocked, and syncs that need them fail.",
    example: Example {
        context: Context::Metadata,
        before: &["allowedHosts: {hosts: [api.shop.test, files.shop.test]}"],
        after: &["allowedHosts: {hosts: [api.shop.test]}"],
    },
    action: "Keep the hosts unless no request reaches them any more.",
    references: &[BREAKING_CHANGE_POLICY],
};
