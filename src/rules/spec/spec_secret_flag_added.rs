use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-secret-flag-added",
    title: "A property became a secret",
    checks: "`airbyte_secret: true` where it was not.",
    why: "The platform moves a value into the secret store when it is saved.",
    example: "`api_key` gains `airbyte_secret`.",
    effect: Template::new(
        "Values of [{field}|the property] saved from now on are stored as a secret; older ones stay readable until \
         they are saved again.",
    ),
    action: &[document("Tell users to save the settings once, if the old value should be hidden.")],
    references: &[platform!(
        "The platform's handling of secrets",
        "airbyte-config/config-secrets/src/main/kotlin/secrets/SecretsHelpers.kt#L290"
    )],
    ..Rule::safe(Bump::Patch)
};
