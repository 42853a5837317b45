use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-file-transfer-dropped",
    title: "A destination no longer transfers files",
    affects: Affects::Everyone,
    checks: "`supportsFileTransfer: true` that is gone.",
    why: "The platform matches file streams with destinations by this flag.",
    example: "`supportsFileTransfer: true` goes.",
    effect: Template::new("Connections that copy files stop."),
    action: &[
        announce("Announce it;"),
        choose("users switch such connections off or to another destination."),
    ],
    references: &[airbyte!(
        "metadata.yaml",
        "airbyte-ci/connectors/metadata_service/lib/metadata_service/models/src/ConnectorMetadataDefinitionV0.yaml#L157"
    )],
    ..Rule::breaking(BreakingType::DestinationFormatChange)
};
