//! See [`CHECK`].

use crate::rules::prelude::*;

/// The licence changed.
pub(crate) static CHECK: Check = Check {
    id: "meta-license-changed",
    title: "The licence changed",
    level: Severity::Warning,
    checks: "`license`.",
    why: "Users may have to agree to it before they upgrade.",
    action: "Say so in the changelog.",
    reference: "Airbyte's breaking-change policy page; the connector metadata's `releases`.",
};
