use crate::rules::prelude::*;

/// A stream of the scope stands in several namespaces.
pub(crate) static CHECK: Check = Check {
    id: "meta-scope-ambiguous-namespace",
    title: "A stream of the scope stands in several namespaces",
    level: Severity::Warning,
    checks: "The streams that break and those of `impactedScopes`, held against the old catalog.",
    why: "`impactedScopes` takes names without a namespace: users of every stream of that name are held back.",
    action: "Nothing to write; say in the message which namespace is meant.",
    references: &[BREAKING_CHANGE_POLICY],
};
