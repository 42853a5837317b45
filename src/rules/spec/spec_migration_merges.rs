use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-migration-merges",
    title: "A config migration sets one value in place of several",
    breaking_type: Some(BreakingType::SpecChange),
    affects: Affects::Everyone,
    checks: "The steps of `config_migrations`, run on configs that the old spec accepts: whether a `ConfigAddFields` sets one value \
             where two of them hold different ones.",
    why: "What it leaves is saved, and does not say which value was there: no later version can tell these users apart. A \
          `ConfigRemapField` names each value that it replaces.",
    example: Example {
        context: Context::Case { place: "`manifest.yaml`", case: "fires" },
        before: &[],
        after: &[
            "config_migrations:",
            "  - type: ConfigMigration",
            "    transformations:",
            "      - type: ConfigAddFields",
            "        fields: [{type: AddedFieldDefinition, path: [region], value: eu}]",
            "        condition: \"{{ config.get('region') in ('mars', 'venus') }}\"",
        ],
    },
    effect: Template::new(
        "Users with different values [of {field}|of a property] have the same value after the update.",
    ),
    action: &[avoid("Name each value that is replaced in a `ConfigRemapField`.")],
    cannot_see: "Whether the values that become one mean the same.",
    references: &[cdk!("airbyte_cdk/sources/declarative/concurrent_declarative_source.py#L372")],
    ..Rule::review(Bump::Patch)
};
