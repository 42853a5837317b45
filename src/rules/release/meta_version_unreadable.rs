use crate::rules::prelude::*;

/// The version cannot be read.
pub(crate) static CHECK: Check = Check {
    id: "meta-version-unreadable",
    title: "The version cannot be read",
    level: Severity::Error,
    checks: "`dockerImageTag` is missing or is not three numbers such as `1.2.3`, with or without a \
             pre-release. Where that was so before, it is a warning.",
    why: "Without it neither the bump nor the declaration can be judged.",
    example: Example {
        context: Context::Metadata,
        before: &["dockerImageTag: 1.4.2"],
        after: &["dockerImageTag: latest"],
    },
    action: "Write `dockerImageTag: 1.2.3`.",
    references: &[BREAKING_CHANGE_POLICY],
};
