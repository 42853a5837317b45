use crate::rules::prelude::*;

/// The licence changed.
pub(crate) static CHECK: Check = Check {
    id: "meta-license-changed",
    title: "The licence changed",
    level: Severity::Warning,
    checks: "`license`.",
    why: "Users may have to agree to it before they upgrade.",
    example: Example { context: Context::Metadata, before: &["license: MIT"], after: &["license: ELv2"] },
    action: "Say so in the changelog.",
    references: &[BREAKING_CHANGE_POLICY],
};
