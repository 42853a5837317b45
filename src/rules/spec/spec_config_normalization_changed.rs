use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-config-normalization-changed",
    title: "How the manifest changes or checks a config at start changed",
    breaking_type: Some(BreakingType::SpecChange),
    affects: Affects::Everyone,
    applies: |delta, _| match &delta.change {
        Change::Spec(SpecChange::NormalizationChanged { validations: true }) => Some(Level::Review),
        _ => Some(Level::Safe),
    },
    checks: "`config_normalization_rules` of a manifest: config migrations, transformations and \
             validations.",
    why: "Migrations and transformations set values before the connector reads anything. A validation can \
          refuse a config that the spec accepts.",
    example: Example {
        context: Context::Case { place: "`manifest.yaml`", case: "a-validation" },
        before: &[],
        after: &[
            "config_normalization_rules:",
            "  type: ConfigNormalizationRules",
            "  validations:",
            "    - type: DpathValidator",
            "      field_path: [site]",
            "      validation_strategy: {type: ValidateAdheresToSchema, base_schema: {type: object}}",
        ],
    },
    effect: Template::new("The next start changes or checks saved configs in another way."),
    action: &[
        check("Check that no new validation refuses a saved config;"),
        announce("declare it if one does."),
    ],
    cannot_see: "Which saved configs a validation refuses.",
    references: &[docs!(
        "Low-code manifests of the Python CDK, `Spec`",
        "platform/connector-development/config-based/understanding-the-yaml-file/reference/Spec"
    )],
    ..Rule::review(Bump::Patch)
};
