use crate::rules::prelude::*;

/// A key stands twice in a mapping of the metadata.
pub(crate) static CHECK: Check = Check {
    id: "meta-key-repeated",
    title: "A key stands twice in a mapping",
    level: Severity::Error,
    checks: "`metadata.yaml`, where the release brings the fault: no mapping has the same key twice.",
    why: "YAML does not allow it, and Python's reader of YAML, which Airbyte uses, takes the last value and drops \
          the others without a word: an entry of `breakingChanges` that stands twice warns users with one of its \
          two messages.",
    example: Example {
        context: Context::Metadata,
        before: &["supportLevel: community"],
        after: &["supportLevel: community", "supportLevel: certified"],
    },
    action: "Remove all but one.",
    references: &[METADATA_SCHEMA],
};
