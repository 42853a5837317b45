use crate::rules::prelude::*;

/// A schema has a keyword that destinations ignore.
pub(crate) static CHECK: Check = Check {
    id: "catalog-keyword-unsupported",
    title: "A schema has a keyword that destinations ignore",
    level: Severity::Warning,
    checks: "`allOf` and `not` in the schema of a stream, where this release adds them.",
    why: "The type of such a field comes from the other keywords, and there may be none.",
    example: Example {
        context: Context::Fields,
        before: &[r#""name": {"type": "string"}"#],
        after: &[r#""name": {"allOf": [{"type": "string"}]}"#],
    },
    action: "Write the schema without the keyword.",
    references: &[cdk!("airbyte_cdk/test/standard_tests/_catalog_checks.py")],
};
