use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-secret-flag-dropped",
    title: "A property is no longer a secret",
    breaking_type: Some(BreakingType::SpecChange),
    affects: Affects::ConfigBranch,
    checks: "`airbyte_secret: true` that is gone.",
    why: "The platform keeps a reference to the secret store in the config.",
    example: "`api_key` loses `airbyte_secret`.",
    effect: Template::new(
        "The stored secret of [{field}|the property] is no longer looked up, and new values are shown in the clear.",
    ),
    action: &[avoid("Put `airbyte_secret: true` back unless the value never was a secret.")],
    cannot_see: "Whether the value is one to hide.",
    references: &[BREAKING_CHANGE_POLICY, regression_tests!("Airbyte's regression tests call it breaking")],
    ..Rule::review(Bump::Major)
};
