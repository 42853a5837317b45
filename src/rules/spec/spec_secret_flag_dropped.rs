use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-secret-flag-dropped",
    title: "A property is no longer a secret",
    breaking_type: Some(BreakingType::SpecChange),
    affects: Affects::ConfigBranch,
    checks: "`airbyte_secret: true` that is removed, or that is at a place where the CDK does not look: \
             below `anyOf`, `allOf` or a reference.",
    why: "The config holds a reference to the secret store, which is looked up only for secrets. The CDK \
          uses the flag to mask values in logs, and looks only through `properties` and `oneOf`.",
    example: Example {
        context: Context::SpecProperties,
        before: &["token: {type: string, airbyte_secret: true}"],
        after: &["token: {type: string}"],
    },
    effect: Template::new(
        "[{field}|The property] is no longer a secret: logs may show it, or its saved value is not found.",
    ),
    action: &[avoid("Restore `airbyte_secret: true` unless the value never was a secret.")],
    cannot_see: "Whether the value should be hidden.",
    references: &[BREAKING_CHANGE_POLICY, regression_tests!("Airbyte's regression tests call it breaking")],
    ..Rule::review(Bump::Major)
};
