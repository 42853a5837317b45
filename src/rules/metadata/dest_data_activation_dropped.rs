use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-data-activation-dropped",
    title: "The destination no longer activates data",
    affects: Affects::Everyone,
    checks: "`supportsDataActivation` that changed from true to false or is removed.",
    why: "Connections that map records to operations of the destination have no target.",
    example: Example {
        context: Context::Metadata,
        before: &["connectorType: destination", "supportsDataActivation: true"],
        after: &["connectorType: destination", "supportsDataActivation: false"],
    },
    effect: Template::new("Connections that activate data with this destination stop working."),
    action: &[announce("Declare it, and name the replacement.")],
    cannot_see: "How many connections use it.",
    references: &[airbyte!(
        "The connector metadata's schema",
        "airbyte-ci/connectors/metadata_service/lib/metadata_service/models/src/ConnectorMetadataDefinitionV0.yaml#L160"
    )],
    ..Rule::breaking(BreakingType::DestinationFormatChange)
};
