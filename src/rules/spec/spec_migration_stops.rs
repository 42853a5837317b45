use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-migration-stops",
    title: "A config migration stops syncs",
    affects: Affects::Everyone,
    checks: "The steps of `config_migrations`, run on configs that both specs accept: whether one of them stops the connector, or \
             leaves a config that the new spec refuses.",
    why: "All migrations run at every start. One that reads a key that is not there raises an error, whatever its condition says.",
    example: Example {
        context: Context::Case { place: "`manifest.yaml`", case: "fires" },
        before: &[],
        after: &[
            "config_migrations:",
            "  - type: ConfigMigration",
            "    transformations:",
            "      - type: ConfigAddFields",
            "        fields: [{type: AddedFieldDefinition, path: [zone], value: \"{{ config['area']['zone'] }}\", value_type: string}]",
            "        condition: \"{{ 'area' in config and 'zone' not in config }}\"",
        ],
    },
    effect: Template::new(
        "Check, discover and every sync fail[ at the step of {field}|] for configs that worked.",
    ),
    action: &[avoid("Read keys that may be missing with `config.get`, and set what the new spec accepts.")],
    references: &[cdk!("airbyte_cdk/sources/declarative/concurrent_declarative_source.py#L372")],
    ..Rule::breaking(BreakingType::SpecChange)
};
