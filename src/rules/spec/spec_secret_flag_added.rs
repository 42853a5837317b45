use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-secret-flag-added",
    title: "A property became a secret",
    checks: "`airbyte_secret: true` where it was not.",
    why: "The platform moves a value into the secret store when a user saves it.",
    example: Example {
        context: Context::SpecProperties,
        before: &["token: {type: string}"],
        after: &["token: {type: string, airbyte_secret: true}"],
    },
    effect: Template::new(
        "New values of [{field}|the property] are saved as secrets. Old ones stay readable until users \
         save again.",
    ),
    action: &[document("To hide old values, ask users to save their settings.")],
    references: &[platform!(
        "The platform's handling of secrets",
        "airbyte-config/config-secrets/src/main/kotlin/secrets/SecretsHelpers.kt#L290"
    )],
    ..Rule::safe(Bump::Patch)
};
