use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-ipc-transport-dropped",
    title: "A way of passing records to the connector is gone",
    affects: Affects::Everyone,
    checks: "Entries of `connectorIPCOptions` that the new metadata no longer lists.",
    why: "The platform and the connector agree on a transport and a serialization; an installation may know only the one that is gone.",
    example: "`SOCKET` leaves `supportedTransport`.",
    effect: Template::new(
        "Installations that pass records only in a way that is no longer listed cannot run this version.",
    ),
    action: &[avoid("Keep it,"), document("or say which platform version is needed.")],
    cannot_see: "What the installation supports.",
    references: &[airbyte!(
        "The connector metadata's schema",
        "airbyte-ci/connectors/metadata_service/lib/metadata_service/models/src/ConnectorMetadataDefinitionV0.yaml#L163"
    )],
    ..Rule::review(Bump::Minor)
};
