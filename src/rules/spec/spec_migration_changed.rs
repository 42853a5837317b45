use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-migration-changed",
    title: "A config migration may do something else than before",
    breaking_type: Some(BreakingType::SpecChange),
    affects: Affects::Everyone,
    checks: "The steps of `config_migrations` that both versions have, run in the order of each on configs made up of the \
             properties that they speak of and the values that they look for. Where not all of these are tried, or a step cannot be \
             followed, that is found too. Steps that were added are left out.",
    why: "Whoever updated with each version has a config that the old migration changed; who skipped versions gets what the \
          new one makes of it. Of two steps on one property, the order decides.",
    example: Example {
        context: Context::Case { place: "`manifest.yaml`", case: "fires" },
        before: &["- {type: ConfigRemapField, field_path: [region], map: {Europe: eu}}"],
        after: &["- {type: ConfigRemapField, field_path: [region], map: {Europe: us}}"],
    },
    effect: Template::new(
        "Users who skipped versions may get another value [in {field}|than those who did not].",
    ),
    action: &[avoid("Leave published migrations as they are, and add new ones behind them.")],
    cannot_see: "Steps that are code, and values that only a config holds.",
    references: &[cdk!("airbyte_cdk/sources/declarative/spec/spec.py#L74")],
    ..Rule::review(Bump::Minor)
};
