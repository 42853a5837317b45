use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-normalization-tag-changed",
    title: "The normalization image has another version",
    breaking_type: Some(BreakingType::DestinationFormatChange),
    affects: Affects::Everyone,
    checks: "`normalizationConfig.normalizationTag`.",
    why: "Normalization decides table names and column types.",
    example: Example {
        context: Context::Metadata,
        before: &[
            "connectorType: destination",
            "normalizationConfig: {normalizationRepository: airbyte/normalization, normalizationTag: 0.4.1}",
        ],
        after: &[
            "connectorType: destination",
            "normalizationConfig: {normalizationRepository: airbyte/normalization, normalizationTag: 0.4.3}",
        ],
    },
    effect: Template::new(
        "Another version of normalization writes the normalized tables[ ({old} became {new})|].",
    ),
    action: &[check("Check the changelog of normalization for other names or types.")],
    cannot_see: "What changed in the image.",
    references: &[airbyte!(
        "metadata.yaml",
        "airbyte-ci/connectors/metadata_service/lib/metadata_service/models/src/NormalizationDestinationDefinitionConfig.yaml"
    )],
    ..Rule::review(Bump::Minor)
};
