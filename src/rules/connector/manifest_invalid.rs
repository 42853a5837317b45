use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "manifest-invalid",
    title: "The new version does not load",
    // A connector that does not start breaks in none of the five ways alone.
    breaking_type: None,
    affects: Affects::Everyone,
    checks: "Files that are valid in the old version and not in the new one: YAML or JSON that cannot be \
             parsed, references without a target or in a circle, keys that the CDK refuses, component \
             types and fields that no CDK from the manifest's version on allows, and what the CDK refuses \
             while it builds a component, such as a start that its format does not read.",
    why: "The CDK resolves the whole manifest, used or not, before it does anything else.",
    example: Example {
        context: Context::Case { place: "`manifest.yaml`", case: "fires" },
        before: &[r##"- $ref: "#/definitions/base""##],
        after: &[r##"- $ref: "#/definitions/bass""##],
    },
    effect: Template::new("The connector fails before it reads any stream[: {detail}|]."),
    action: &[avoid("Fix this before anything else.")],
    cannot_see: "Faults in Python and in templates, and what only a config decides.",
    references: &[
        cdk!("airbyte_cdk/sources/declarative/parsers/manifest_reference_resolver.py#L108"),
        cdk!("airbyte_cdk/sources/declarative/concurrent_declarative_source.py#L365"),
    ],
    ..Rule::breaking(BreakingType::SpecChange)
};
