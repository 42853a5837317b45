use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-secret-flag-dropped",
    title: "A property is no longer a secret",
    breaking_type: Some(BreakingType::SpecChange),
    affects: Affects::ConfigBranch,
    checks: "`airbyte_secret: true` that is gone, or stands where the CDK does not look: below `anyOf`, `allOf` or a \
             reference.",
    why: "The platform keeps a reference to the secret store in the config, and the CDK masks in logs what it finds by \
          the flag: it looks through `properties` and `oneOf` alone.",
    example: "`api_key` loses `airbyte_secret`.",
    effect: Template::new(
        "[{field} is no longer found as a secret|The property is no longer found as a secret]: the stored one is not \
         looked up, or the value is shown in the clear in logs.",
    ),
    action: &[avoid("Put `airbyte_secret: true` back unless the value never was a secret.")],
    cannot_see: "Whether the value is one to hide.",
    references: &[BREAKING_CHANGE_POLICY, regression_tests!("Airbyte's regression tests call it breaking")],
    ..Rule::review(Bump::Major)
};
