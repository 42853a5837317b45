use crate::rules::prelude::*;

/// The image is in another repository.
pub(crate) static CHECK: Check = Check {
    id: "meta-docker-repository-changed",
    title: "The image is in another repository",
    level: Severity::Warning,
    checks: "`dockerRepository`.",
    why: "Mirrors and self-managed installations pull the image by this name.",
    example: Example {
        context: Context::Metadata,
        before: &["dockerRepository: airbyte/source-shop"],
        after: &["dockerRepository: airbyte/source-web-shop"],
    },
    action: "Make sure that the image is published there, and say so in the changelog.",
    references: &[BREAKING_CHANGE_POLICY],
};
