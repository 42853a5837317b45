use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-config-normalization-changed",
    title: "What the manifest does to a config at start changed",
    breaking_type: Some(BreakingType::SpecChange),
    affects: Affects::Everyone,
    applies: |delta, _| match &delta.change {
        Change::Spec(SpecChange::NormalizationChanged { validations: true }) => Some(Level::Review),
        _ => Some(Level::Safe),
    },
    checks: "`config_normalization_rules` of a manifest: config migrations, transformations and validations.",
    why: "Migrations and transformations set values before anything is read, and a validation refuses a config that the \
          spec accepts.",
    example: "A PredicateValidator is added.",
    effect: Template::new("Configs are changed or checked otherwise at the next start."),
    action: &[
        check("Make sure that no saved config is refused by a new validation;"),
        announce("if one is, this is a breaking change."),
    ],
    cannot_see: "Which saved configs a validation refuses.",
    references: &[docs!(
        "Low-code manifests of the Python CDK, `Spec`",
        "platform/connector-development/config-based/understanding-the-yaml-file/reference/Spec"
    )],
    ..Rule::review(Bump::Patch)
};
