use crate::rules::prelude::*;

/// The deadline has no quotes.
pub(crate) static CHECK: Check = Check {
    id: "meta-deadline-unquoted",
    title: "The deadline has no quotes",
    level: Severity::Warning,
    checks: "The `upgradeDeadline` of an entry that the release brings is written as a date without \
             quotes.",
    why: "YAML reads a date there and no text. The platform takes both; Airbyte's own check of \
             deadlines crashes on the date.",
    example: Example {
        context: Context::Metadata,
        before: &["dockerImageTag: 1.4.2"],
        after: &[
            "dockerImageTag: 2.0.0",
            "releases: {breakingChanges: {2.0.0: {message: Users refresh orders; see the migration guide.,",
            "  upgradeDeadline: 2030-05-01, deadlineAction: disable}}}",
        ],
    },
    action: "Put the date between quotes.",
    references: &[BREAKING_CHANGE_POLICY],
};
