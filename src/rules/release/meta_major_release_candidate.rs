use crate::rules::prelude::*;

/// A major version as a release candidate.
pub(crate) static CHECK: Check = Check {
    id: "meta-major-release-candidate",
    title: "A major version as a release candidate",
    level: Severity::Error,
    checks: "The version is a release candidate, N.0.0-rc.M with N above 0.",
    why: "Airbyte's check of the metadata refuses it: breaking versions are not rolled out in steps.",
    example: Example {
        context: Context::Metadata,
        before: &["dockerImageTag: 1.4.2"],
        after: &["dockerImageTag: 2.0.0-rc.1"],
    },
    action: "Release the version without the suffix.",
    references: &[BREAKING_CHANGE_POLICY],
};
