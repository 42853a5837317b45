use crate::rules::prelude::*;

/// An airbyte_type is unknown.
pub(crate) static CHECK: Check = Check {
    id: "catalog-airbyte-type-unknown",
    title: "An airbyte_type is unknown",
    level: Severity::Warning,
    checks: "`airbyte_type` in the schema of a stream, where this release adds it.",
    why: "Destinations ignore a type that they do not know, so the column gets another type than intended.",
    example: Example {
        context: Context::Fields,
        before: &[r#""created_at": {"type": "string", "format": "date-time"}"#],
        after: &[
            r#""created_at": {"type": "string", "format": "date-time", "airbyte_type": "timestamp_zoned"}"#,
        ],
    },
    action: "Use a type from the list in Airbyte's docs, such as `timestamp_with_timezone`.",
    references: &[cdk!("airbyte_cdk/test/standard_tests/_catalog_checks.py")],
};
