use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-refreshes-dropped",
    title: "A destination no longer supports refreshes",
    affects: Affects::Everyone,
    checks: "`supportsRefreshes: true` that is removed.",
    why: "The platform offers refreshes and overwrite_dedup only where the flag is set.",
    example: Example {
        context: Context::Metadata,
        before: &["connectorType: destination", "supportsRefreshes: true"],
        after: &["connectorType: destination", "supportsRefreshes: false"],
    },
    effect: Template::new("Users can no longer refresh a stream or use the mode overwrite + dedup."),
    action: &[announce("Declare it."), clear("Users clear streams instead.")],
    references: &[platform!(
        "The platform's reading of metadata",
        "airbyte-config/config-models/src/main/java/io/airbyte/config/helpers/ConnectorRegistryConverters.kt#L129"
    )],
    ..Rule::breaking(BreakingType::DestinationFormatChange)
};
