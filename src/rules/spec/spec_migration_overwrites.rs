use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-migration-overwrites",
    title: "A config migration takes back a value that users set",
    breaking_type: Some(BreakingType::SpecChange),
    affects: Affects::Everyone,
    checks: "The steps of `config_migrations`, run on configs that the new spec accepts, and on migrated configs that are edited \
             afterwards.",
    why: "The CDK runs every migration at every start. A step without a condition, or whose condition holds for ever, takes back what users \
          set in the form.",
    example: Example {
        context: Context::Case { place: "`manifest.yaml`", case: "fires" },
        before: &[],
        after: &[
            "config_migrations:",
            "  - type: ConfigMigration",
            "    transformations:",
            "      - type: ConfigAddFields",
            "        fields: [{type: AddedFieldDefinition, path: [region], value: eu}]",
        ],
    },
    effect: Template::new("Each start takes back what users set [in {field}|in a property]."),
    action: &[
        avoid("Set the value only where it is not there,"),
        avoid("and remove the old key once its value is moved."),
    ],
    cannot_see: "Whether the form drops keys that the new spec does not declare.",
    references: &[cdk!("airbyte_cdk/sources/declarative/concurrent_declarative_source.py#L372")],
    ..Rule::review(Bump::Patch)
};
