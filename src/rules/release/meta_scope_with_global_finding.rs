use crate::rules::prelude::*;

/// The scope names streams, but the break reaches everyone.
pub(crate) static CHECK: Check = Check {
    id: "meta-scope-with-global-finding",
    title: "The scope names streams, but the break reaches everyone",
    level: Severity::Error,
    checks: "A breaking finding that is not about single streams, beside a `scopedImpact`.",
    why: "Users outside the scope are upgraded with no warning.",
    action: "Remove `scopedImpact`, or split the release.",
    references: &[BREAKING_CHANGE_POLICY],
};
