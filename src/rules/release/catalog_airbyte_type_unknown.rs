use crate::rules::prelude::*;

/// An airbyte_type is unknown.
pub(crate) static CHECK: Check = Check {
    id: "catalog-airbyte-type-unknown",
    title: "An airbyte_type is unknown",
    level: Severity::Warning,
    checks: "`airbyte_type` in the schema of a stream, where this release brings it.",
    why: "Destinations read over a type that they do not know, and the column gets another one than was meant.",
    action: "Use a type of the list in Airbyte's docs, such as `timestamp_with_timezone`.",
    references: &[cdk!("airbyte_cdk/test/standard_tests/_catalog_checks.py")],
};
