use crate::rules::prelude::*;

/// Whether the scope covers every stream that breaks is unknown.
pub(crate) static CHECK: Check = Check {
    id: "meta-scope-not-known",
    title: "Whether the scope covers every stream that breaks is unknown",
    level: Severity::Warning,
    checks: "A break is in a schema file, and Python code decides at run time which streams use it. The \
             entries of this release cover the streams that are known.",
    why: "Users who sync only a stream that is not listed are upgraded with no warning.",
    example: Example {
        context: Context::ReleaseOfSchemaFile,
        before: &["dockerImageTag: 1.4.2"],
        after: &[
            "dockerImageTag: 2.0.0",
            r#"releases: {breakingChanges: {2.0.0: {message: Pages are removed., upgradeDeadline: "2030-05-01","#,
            "  scopedImpact: [{scopeType: stream, impactedScopes: [daily]}]}}}",
        ],
    },
    action: "Compare the catalogs that `discover` prints, because they list every stream. Or remove \
             `scopedImpact`, so that the entry reaches everyone.",
    references: &[BREAKING_CHANGE_POLICY],
};
