use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-migration-untried",
    title: "Config migrations have more steps than are tried",
    breaking_type: Some(BreakingType::SpecChange),
    affects: Affects::Everyone,
    checks: "How many steps of `config_normalization_rules` have to do with each other: they read or change the same properties of \
             the root, or others do that share one with both, or one has saved what another changes inside of an object. More than the \
             limit `migration-steps` are not run.",
    why: "Each edit of a migrated config is tried with all of these steps, so that many of them take too long.",
    example: Example {
        context: Context::Case { place: "`manifest.yaml`", case: "fires" },
        before: &[],
        after: &[
            "config_migrations:",
            "  - type: ConfigMigration",
            "    transformations:",
            "      - {type: ConfigRemapField, field_path: [region], map: {r1: r2}}",
            "      - {type: ConfigRemapField, field_path: [region], map: {r2: r3}}",
        ],
    },
    effect: Template::new(
        "Whether saved configs are accepted after the steps on [{field}|a property] is not decided here.",
    ),
    action: &[check(
        "Raise the limit with `--limit migration-steps=…`, or join steps on one property into one.",
    )],
    cannot_see: "What the steps do.",
    references: &[cdk!("airbyte_cdk/sources/declarative/spec/spec.py#L74")],
    ..Rule::review(Bump::Patch)
};
