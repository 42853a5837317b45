use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "manifest-invalid",
    title: "The new version would not load",
    // A connector that does not start breaks in none of the five ways alone.
    breaking_type: None,
    affects: Affects::Everyone,
    checks: "Files that the old version ships in order and the new one does not: YAML or JSON that cannot \
              be parsed, references that lead nowhere or in a circle, keys the CDK refuses, components of types and \
              with fields that no CDK from the manifest's version on allows, and what the CDK refuses while it builds \
              a component, such as a start that its format does not read.",
    why: "The CDK resolves the whole manifest, used or not, before it does anything.",
    example: "`$ref: \"#/definitions/base_stram\"`.",
    effect: Template::new("The connector fails before any stream is read[: {detail}|]."),
    action: &[avoid("Fix it before releasing; nothing else in this report matters until then.")],
    cannot_see: "Faults in Python and in templates, and what only a config decides.",
    references: &[
        cdk!("airbyte_cdk/sources/declarative/parsers/manifest_reference_resolver.py#L108"),
        cdk!("airbyte_cdk/sources/declarative/concurrent_declarative_source.py#L365"),
    ],
    ..Rule::breaking(BreakingType::SpecChange)
};
