use crate::rules::prelude::*;

/// A stream of the scope is in several namespaces.
pub(crate) static CHECK: Check = Check {
    id: "meta-scope-ambiguous-namespace",
    title: "A stream of the scope is in several namespaces",
    level: Severity::Warning,
    checks: "The streams that break and those of `impactedScopes` are compared with the old catalog.",
    why: "`impactedScopes` takes names without a namespace, so users of every stream with that name are \
          held back.",
    example: Example {
        context: Context::ReleaseOfNamespace,
        before: &["dockerImageTag: 1.4.2"],
        after: &[
            "dockerImageTag: 2.0.0",
            r#"releases: {breakingChanges: {2.0.0: {message: Orders are removed., upgradeDeadline: "2030-05-01","#,
            "  scopedImpact: [{scopeType: stream, impactedScopes: [orders]}]}}}",
        ],
    },
    action: "Nothing to do in the scope. Say in the message which namespace is meant.",
    references: &[BREAKING_CHANGE_POLICY],
};
