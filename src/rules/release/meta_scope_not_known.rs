use crate::rules::prelude::*;

/// Whether the scope covers every stream that breaks is not known.
pub(crate) static CHECK: Check = Check {
    id: "meta-scope-not-known",
    title: "Whether the scope covers every stream that breaks is not known",
    level: Severity::Warning,
    checks: "A break lies in a schema file, and which streams Python builds from it is decided while the code runs. The \
             entries of this release cover those that are known.",
    why: "Users who sync only a stream that is left out are upgraded with no warning.",
    action: "Compare the catalogs that `discover` prints, which name every stream; or drop `scopedImpact`, so that the \
             entry reaches everyone.",
    references: &[BREAKING_CHANGE_POLICY],
};
