use crate::rules::prelude::*;

/// A schema has a keyword that destinations read over.
pub(crate) static CHECK: Check = Check {
    id: "catalog-keyword-unsupported",
    title: "A schema has a keyword that destinations read over",
    level: Severity::Warning,
    checks: "`allOf` and `not` in the schema of a stream, where this release brings them.",
    why: "Destinations give such a field the type of what stands beside the keyword, which may be none.",
    action: "Write the schema without the keyword.",
    references: &[cdk!("airbyte_cdk/test/standard_tests/_catalog_checks.py")],
};
