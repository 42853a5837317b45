use crate::rules::prelude::*;

/// The release is blocked.
pub(crate) static CHECK: Check = Check {
    id: "meta-release-blocked",
    title: "The release is blocked",
    level: Severity::Warning,
    checks: "A file `block-release.yaml` lies in the connector directory.",
    why: "The connector is not published, whatever is merged.",
    example: Example { context: Context::ReleaseBlock, before: &[], after: &["reason: Waits for the API."] },
    action: "Remove the file when the release may go out.",
    references: &[CONNECTOR_CHECKS],
};
