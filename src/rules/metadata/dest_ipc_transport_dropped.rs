use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-ipc-transport-dropped",
    title: "A transport of records is no longer supported",
    affects: Affects::Everyone,
    checks: "Entries of `connectorIPCOptions` that the new metadata no longer lists.",
    why: "The platform and the connector agree on a transport and a serialization. An installation may \
          support only the removed one.",
    example: Example {
        context: Context::Metadata,
        before: &[
            "connectorType: destination",
            r#"connectorIPCOptions: {dataChannel: {version: "0.0.2", supportedSerialization: [JSONL], supportedTransport: [SOCKET, STDIO]}}"#,
        ],
        after: &[
            "connectorType: destination",
            r#"connectorIPCOptions: {dataChannel: {version: "0.0.2", supportedSerialization: [JSONL], supportedTransport: [STDIO]}}"#,
        ],
    },
    effect: Template::new("Installations with only the removed transport cannot run this version."),
    action: &[avoid("Keep it,"), document("or name the platform version that is needed.")],
    cannot_see: "What the installation supports.",
    references: &[airbyte!(
        "The connector metadata's schema",
        "airbyte-ci/connectors/metadata_service/lib/metadata_service/models/src/ConnectorMetadataDefinitionV0.yaml#L163"
    )],
    ..Rule::review(Bump::Minor)
};
