use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-refreshes-gained",
    title: "A destination supports refreshes",
    checks: "`supportsRefreshes` that became true.",
    why: "Nothing happens by itself.",
    example: Example {
        context: Context::Metadata,
        before: &["connectorType: destination", "supportsRefreshes: false"],
        after: &["connectorType: destination", "supportsRefreshes: true"],
    },
    effect: Template::new("Users can refresh streams."),
    action: NOTHING,
    references: &[platform!(
        "The platform's reading of metadata",
        "airbyte-config/config-models/src/main/java/io/airbyte/config/helpers/ConnectorRegistryConverters.kt#L129"
    )],
    ..Rule::safe(Bump::Minor)
};
