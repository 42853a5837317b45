use crate::rules::prelude::*;

/// The schema refuses `releases`.
pub(crate) static CHECK: Check = Check {
    id: "meta-releases-invalid",
    title: "The schema refuses `releases`",
    level: Severity::Error,
    checks: "`releases` against the schema of connector metadata that Airbyte publishes: its keys, their \
             types, the versions that entries are written for, and the scopes. Entries that were \
             published before and stay as they are are left alone.",
    why: "Airbyte's check of the metadata fails, and what the platform makes of such an entry is not \
             known: a mistyped scope warns nobody.",
    example: Example {
        context: Context::ReleaseOfStream,
        before: &["dockerImageTag: 1.4.2"],
        after: &[
            "dockerImageTag: 2.0.0",
            "releases: {breakingChanges: {2.0.0: {message: Users refresh orders; see the migration guide.,",
            r#"  upgradeDeadlin: "2030-05-01", deadlineAction: disable}}}"#,
        ],
    },
    action: "Write what the message names: the key, the type or the value that is expected.",
    references: &[METADATA_SCHEMA],
};
