use crate::rules::prelude::*;

/// The list of allowed hosts is new.
pub(crate) static CHECK: Check = Check {
    id: "meta-allowed-hosts-introduced",
    title: "The list of allowed hosts is new",
    level: Severity::Warning,
    checks: "`allowedHosts.hosts` where there was none.",
    why: "Without a list every host may be reached; with one all others are blocked.",
    action: "List every host the connector reaches, those a user sets included (`${host}`).",
    references: &[BREAKING_CHANGE_POLICY],
};
