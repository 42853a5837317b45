use crate::rules::prelude::*;

/// A primary key is not a plain value.
pub(crate) static CHECK: Check = Check {
    id: "catalog-key-not-scalar",
    title: "A primary key is not a plain value",
    level: Severity::Warning,
    checks: "Primary keys whose field is an object or a list, where this release adds them.",
    why: "Destinations find equal rows by the key, and few of them can compare objects.",
    example: Example {
        context: Context::Fields,
        before: &[r#""id": {"type": "integer"}"#],
        after: &[r#""id": {"type": "object", "properties": {"value": {"type": "integer"}}}"#],
    },
    action: "Use plain fields as the key.",
    references: &[cdk!("airbyte_cdk/test/standard_tests/_catalog_checks.py")],
};
