use crate::rules::prelude::*;

/// The schema does not declare the cursor.
pub(crate) static CHECK: Check = Check {
    id: "catalog-cursor-not-in-schema",
    title: "The schema does not declare the cursor",
    level: Severity::Warning,
    checks: "Default cursor fields that the schema of the stream does not declare, where this release adds \
             them.",
    why: "The platform and destinations look for the cursor among the fields of the stream.",
    example: Example {
        context: Context::Stream,
        before: &[],
        after: &[r#""default_cursor_field": ["updated_at"]"#],
    },
    action: "Declare the cursor in the schema.",
    references: &[cdk!("airbyte_cdk/test/standard_tests/_catalog_checks.py")],
};
