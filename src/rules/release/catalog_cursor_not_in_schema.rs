use crate::rules::prelude::*;

/// The cursor stands in no schema.
pub(crate) static CHECK: Check = Check {
    id: "catalog-cursor-not-in-schema",
    title: "The cursor stands in no schema",
    level: Severity::Warning,
    checks: "Default cursor fields that the schema of the stream does not declare, where this release brings them.",
    why: "The platform and destinations look for the cursor among the fields of the stream.",
    action: "Declare the cursor in the schema.",
    references: &[cdk!("airbyte_cdk/test/standard_tests/_catalog_checks.py")],
};
