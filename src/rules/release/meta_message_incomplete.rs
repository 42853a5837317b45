use crate::rules::prelude::*;

/// The message lacks what users need.
pub(crate) static CHECK: Check = Check {
    id: "meta-message-incomplete",
    title: "The message lacks what users need",
    level: Severity::Warning,
    checks: "The message of an entry that the release brings: it names the streams where only some break, \
             says what users must do, and where the migration guide is. It does not say \"reset\", which \
             the product calls *clear* or *refresh*.",
    why: "The message is all that most users read before the deadline.",
    example: Example {
        context: Context::ReleaseForAll,
        before: &["dockerImageTag: 1.4.2"],
        after: &[
            "dockerImageTag: 2.0.0",
            "releases: {breakingChanges: {2.0.0: {message: The region is new.,",
            r#"  upgradeDeadline: "2030-05-01", deadlineAction: disable}}}"#,
        ],
    },
    action: "Add what is missing. Link the guide, or set `migrationDocumentationUrl`.",
    references: &[BREAKING_CHANGE_POLICY],
};
