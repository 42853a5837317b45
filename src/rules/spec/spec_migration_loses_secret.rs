use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-migration-loses-secret",
    title: "A config migration loses a secret",
    breaking_type: Some(BreakingType::SpecChange),
    affects: Affects::Everyone,
    checks: "The steps of `config_migrations`, run on configs that the old spec accepts: values of properties with `airbyte_secret` that are \
             nowhere afterwards.",
    why: "Users cannot look a secret up in Airbyte. What the migration removes is gone, after a rollback too.",
    example: Example {
        context: Context::Case { place: "`manifest.yaml`", case: "fires" },
        before: &["token: {type: string, airbyte_secret: true}"],
        after: &["transformations:", "  - {type: ConfigRemoveFields, field_pointers: [[token]]}"],
    },
    effect: Template::new(
        "The next start removes the secret [{field}|of a property] from saved configs, and nothing keeps it.",
    ),
    action: &[
        avoid("Copy the secret to where the new version looks for it"),
        check("or check that no version needs it any more."),
    ],
    cannot_see: "Whether anybody needs the secret again.",
    references: &[cdk!("airbyte_cdk/sources/declarative/concurrent_declarative_source.py#L372")],
    ..Rule::review(Bump::Minor)
};
