use crate::rules::prelude::*;

/// The support level went down.
pub(crate) static CHECK: Check = Check {
    id: "meta-support-level-lowered",
    title: "The support level went down",
    level: Severity::Warning,
    checks: "`supportLevel`, from certified to community or archived.",
    why: "Users choose connectors by it.",
    action: "Say so in the changelog.",
    references: &[BREAKING_CHANGE_POLICY],
};
