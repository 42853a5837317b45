use crate::rules::prelude::*;

/// The message of an entry is empty.
pub(crate) static CHECK: Check = Check {
    id: "meta-message-empty",
    title: "The message of an entry is empty",
    level: Severity::Error,
    checks: "An entry that the release brings or edits has a message without a word, or \
             with nothing but a mark such as *TODO*.",
    why: "Users see a warning that says nothing.",
    example: Example {
        context: Context::Metadata,
        before: &["dockerImageTag: 1.4.2"],
        after: &[
            "dockerImageTag: 2.0.0",
            r#"releases: {breakingChanges: {2.0.0: {message: "","#,
            r#"  upgradeDeadline: "2030-05-01", deadlineAction: disable}}}"#,
        ],
    },
    action: "Say what changes, for whom, what they must do, and where the migration guide is.",
    references: &[BREAKING_CHANGE_POLICY],
};
