use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-data-activation-dropped",
    title: "The destination no longer activates data",
    affects: Affects::Everyone,
    checks: "`supportsDataActivation` from true to false or absent.",
    why: "Connections that map records to operations of the destination have nothing to map to.",
    example: "`supportsDataActivation: true` is dropped.",
    effect: Template::new("Connections that activate data with this destination stop working."),
    action: &[announce("Announce it for everyone, with what replaces it.")],
    cannot_see: "How many connections use it.",
    references: &[airbyte!(
        "The connector metadata's schema",
        "airbyte-ci/connectors/metadata_service/lib/metadata_service/models/src/ConnectorMetadataDefinitionV0.yaml#L160"
    )],
    ..Rule::breaking(BreakingType::DestinationFormatChange)
};
