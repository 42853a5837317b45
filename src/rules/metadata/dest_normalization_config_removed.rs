use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-normalization-config-removed",
    title: "The normalization image was removed",
    affects: Affects::Everyone,
    checks: "`normalizationConfig` in `metadata.yaml`.",
    why: "Without the image nothing is normalized.",
    example: Example {
        context: Context::Metadata,
        before: &[
            "connectorType: destination",
            "normalizationConfig: {normalizationRepository: airbyte/normalization, normalizationTag: 0.4.1}",
        ],
        after: &["connectorType: destination"],
    },
    effect: Template::new("Tables that normalization wrote become stale."),
    action: &[announce("Declare the new format."), refresh("Users refresh their streams.")],
    references: &[docs!("The Destinations V2 releases", "release_notes/upgrading_to_destinations_v2")],
    ..Rule::breaking(BreakingType::DestinationFormatChange)
};
