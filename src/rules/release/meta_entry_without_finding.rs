use crate::rules::prelude::*;

/// A declared break is not found.
pub(crate) static CHECK: Check = Check {
    id: "meta-entry-without-finding",
    title: "A declared break is not found",
    level: Severity::Warning,
    checks: "There is an entry for this release, but no breaking finding.",
    why: "The break may be in code that these files do not show, or an input is missing.",
    action: "Check that the entry describes this release. Give captured catalogs or state samples to \
             confirm it.",
    references: &[BREAKING_CHANGE_POLICY],
};
