use crate::rules::prelude::*;

/// A release candidate without a rollout.
pub(crate) static CHECK: Check = Check {
    id: "meta-rollout-missing",
    title: "A release candidate without a rollout",
    level: Severity::Error,
    checks: "The version is a release candidate, and `releases.rolloutConfiguration` does not say whether \
             `enableProgressiveRollout` is on.",
    why: "Airbyte's check of the metadata refuses it.",
    example: Example {
        context: Context::Metadata,
        before: &["dockerImageTag: 1.4.2"],
        after: &["dockerImageTag: 1.5.0-rc.1"],
    },
    action: "Set `releases.rolloutConfiguration.enableProgressiveRollout` to `true` or `false`.",
    references: &[METADATA_SCHEMA],
};
