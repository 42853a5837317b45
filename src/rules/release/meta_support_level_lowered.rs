use crate::rules::prelude::*;

/// The support level was lowered.
pub(crate) static CHECK: Check = Check {
    id: "meta-support-level-lowered",
    title: "The support level was lowered",
    level: Severity::Warning,
    checks: "`supportLevel` that changed from certified to community or archived.",
    why: "Users choose connectors by it.",
    example: Example {
        context: Context::Metadata,
        before: &["supportLevel: certified"],
        after: &["supportLevel: community"],
    },
    action: "Say so in the changelog.",
    references: &[BREAKING_CHANGE_POLICY],
};
