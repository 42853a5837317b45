use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-migration-removed",
    title: "A config migration was removed",
    breaking_type: Some(BreakingType::SpecChange),
    affects: Affects::Everyone,
    checks: "The steps of `config_migrations` of both versions, by what they set or remove.",
    why: "Users do not install every version. Who skips the versions with the migration has a config that nothing migrates.",
    example: Example {
        context: Context::Case { place: "`manifest.yaml`", case: "fires" },
        before: &[
            "- type: ConfigMigration",
            "  transformations:",
            "    - type: ConfigAddFields",
            "      fields: [{type: AddedFieldDefinition, path: [region], value: eu}]",
            "      condition: \"{{ 'region' not in config }}\"",
        ],
        after: &[],
    },
    effect: Template::new(
        "Users who skipped versions still have an old config, and nothing sets [{field}|its values] any more.",
    ),
    action: &[avoid("Keep the migration while users may have old configs.")],
    cannot_see: "Which users still have an old config.",
    references: &[cdk!("airbyte_cdk/sources/declarative/spec/spec.py#L74")],
    ..Rule::review(Bump::Minor)
};
