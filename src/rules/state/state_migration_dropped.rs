use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-migration-dropped",
    title: "A state migration was removed",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "`state_migrations` of a stream, by class.",
    why: "Users do not install every version.",
    example: Example {
        context: Context::Case { place: "`manifest.yaml`", case: "fires" },
        before: &[
            "state_migrations:",
            "  - type: CustomStateMigration",
            "    class_name: source_shop.Migration",
        ],
        after: &[],
    },
    effect: Template::new(
        "Users who skipped versions still have the old state of [`{stream}`|the stream], and nothing \
         migrates it.",
    ),
    action: &[avoid("Keep the migration while users may have old state.")],
    cannot_see: "Which users still have the old state.",
    references: &[cdk!("airbyte_cdk/sources/declarative/parsers/model_to_component_factory.py#L1415")],
    ..Rule::review(Bump::Minor)
};
