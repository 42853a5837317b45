use crate::rules::prelude::*;

/// That there is no way back is not said.
pub(crate) static CHECK: Check = Check {
    id: "meta-unsafe-downgrade-undeclared",
    title: "That there is no way back is not said",
    level: Severity::Warning,
    checks: "A release that breaks users and declares it: the old version refuses the configs or the \
             state that the new one saves, and neither `releases.unsafeDowngrades` nor the entry says so.",
    why: "Somebody who puts the old version back after trouble meets connections that do not work with \
             it either.",
    example: Example {
        context: Context::ReleaseForAll,
        before: &["dockerImageTag: 1.4.2"],
        after: &[
            "dockerImageTag: 2.0.0",
            "releases: {breakingChanges: {2.0.0: {message: Users refresh orders; see the migration guide.,",
            r#"  upgradeDeadline: "2030-05-01", deadlineAction: disable, safeToDowngrade: true}}}"#,
        ],
    },
    action: "Add the version to `releases.unsafeDowngrades` with a message. Drop `safeToDowngrade: true`.",
    references: &[METADATA_SCHEMA],
};
