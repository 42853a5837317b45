use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-file-transfer-dropped",
    title: "A destination no longer transfers files",
    affects: Affects::Everyone,
    checks: "`supportsFileTransfer: true` that is removed.",
    why: "The platform uses this flag to match file streams with destinations.",
    example: Example {
        context: Context::Metadata,
        before: &["connectorType: destination", "supportsFileTransfer: true"],
        after: &["connectorType: destination", "supportsFileTransfer: false"],
    },
    effect: Template::new("Connections that copy files stop."),
    action: &[announce("Declare it."), leave("Users disable such connections or move them.")],
    references: &[airbyte!(
        "metadata.yaml",
        "airbyte-ci/connectors/metadata_service/lib/metadata_service/models/src/ConnectorMetadataDefinitionV0.yaml#L157"
    )],
    ..Rule::breaking(BreakingType::DestinationFormatChange)
};
