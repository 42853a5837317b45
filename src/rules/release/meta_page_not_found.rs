use crate::rules::prelude::*;

/// The address of the docs leads to no page.
pub(crate) static CHECK: Check = Check {
    id: "meta-page-not-found",
    title: "`documentationUrl` leads to no page",
    level: Severity::Error,
    checks: "The version changed, and `documentationUrl` is missing, is no address below \
             `https://docs.airbyte.com`, or leads to a file that does not exist. Only a repository that has its \
             pages in `docs/integrations`, as Airbyte's has, is asked for one. Where the old version has the same address \
             and no page either, this is a warning.",
    why: "Airbyte's checks find the page by this address: without it they find no changelog, and the release is not \
          published.",
    example: Example {
        context: Context::ReleaseWithPage,
        before: &[
            "dockerImageTag: 1.4.2",
            "documentationUrl: https://docs.airbyte.com/integrations/sources/shop",
        ],
        after: &[
            "dockerImageTag: 1.4.3",
            "documentationUrl: https://docs.airbyte.com/integrations/sources/shop#setup",
        ],
    },
    action: "Write the address as the message gives it.",
    references: &[CONNECTOR_CHECKS],
};
