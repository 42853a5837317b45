use crate::rules::prelude::*;

/// A tag is wrong, or one is missing.
pub(crate) static CHECK: Check = Check {
    id: "meta-tag-invalid",
    title: "A tag is wrong, or one is missing",
    level: Severity::Error,
    checks: "`tags`, where the release brings the fault: each is a key and a value with a colon between \
             them, and one starts with `language:`.",
    why: "Airbyte's check of the metadata fails, and what builds the connector does not know its \
             language.",
    example: Example {
        context: Context::Metadata,
        before: &["tags: [language:manifest-only]"],
        after: &["tags: [manifest-only]"],
    },
    action: "Write the tag as `key:value`.",
    references: &[METADATA_SCHEMA],
};
