use crate::rules::prelude::*;

/// Hosts left the list of allowed hosts.
pub(crate) static CHECK: Check = Check {
    id: "meta-allowed-hosts-narrowed",
    title: "Hosts left the list of allowed hosts",
    level: Severity::Warning,
    checks: "Entries of `allowedHosts.hosts` that no new entry covers.",
    why: "Requests to them are blocked, and syncs that need them fail.",
    action: "Keep them unless nothing reaches them any more.",
    references: &[BREAKING_CHANGE_POLICY],
};
