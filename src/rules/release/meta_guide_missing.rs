use crate::rules::prelude::*;

/// There is no migration guide.
pub(crate) static CHECK: Check = Check {
    id: "meta-guide-missing",
    title: "There is no migration guide",
    level: Severity::Error,
    checks: "The release brings or edits an entry, and `docs/integrations/…/NAME-migrations.md` is not \
             there. Where no folder of docs lies around the connector, or the file lies outside of what is read, \
             reports say that the guide was not checked.",
    why: "The platform links the guide in its warning, and Airbyte's check asks for it.",
    example: Example { context: Context::PageWithoutGuide, before: &["# Shop"], after: &["# Shop"] },
    action: "Write the guide: what changes, why, for whom, and the steps.",
    references: &[BREAKING_CHANGE_POLICY, CONNECTOR_CHECKS],
};
