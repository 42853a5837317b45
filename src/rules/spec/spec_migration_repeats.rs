use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-migration-repeats",
    title: "A config migration changes a config again at every start",
    breaking_type: Some(BreakingType::SpecChange),
    affects: Affects::Everyone,
    decided: Decided::Inclusion,
    checks: "The steps of `config_migrations`, run twice on configs that the old spec accepts.",
    why: "The CDK runs every migration at every start and saves what it leaves. What is right once is wrong the second time: a key that \
          the first start removed is copied as an empty text.",
    example: Example {
        context: Context::Case { place: "`manifest.yaml`", case: "fires" },
        before: &[],
        after: &[
            "config_migrations:",
            "  - type: ConfigMigration",
            "    transformations:",
            "      - type: ConfigAddFields",
            "        fields: [{type: AddedFieldDefinition, path: [api_token], value: \"{{ config['token'] }}\", value_type: string}]",
            "      - {type: ConfigRemoveFields, field_pointers: [[token]]}",
        ],
    },
    effect: Template::new(
        "The second start changes [{field}|a value] of saved configs again, and the value of the user is lost.",
    ),
    action: &[avoid("Put a condition on the step, so that it does nothing where its work is done.")],
    cannot_see: "What a template does that is not followed.",
    references: &[cdk!("airbyte_cdk/sources/declarative/concurrent_declarative_source.py#L372")],
    ..Rule::breaking(BreakingType::SpecChange)
};
