use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-oauth-url-changed",
    title: "Details of the OAuth requests changed",
    checks: "Consent and token URLs, headers, parameters and keys of the OAuth connector input.",
    why: "Saved tokens do not change.",
    example: Example {
        context: Context::Oauth,
        before: &[r#"oauth_connector_input_specification: {consent_url: "https://shop.test/consent"}"#],
        after: &[r#"oauth_connector_input_specification: {consent_url: "https://id.shop.test/consent"}"#],
    },
    effect: Template::new("New sign-ins use the new details. Saved tokens stay valid."),
    action: NOTHING,
    references: &[protocol!("The Airbyte protocol, advanced_auth", "#L801")],
    ..Rule::safe(Bump::Minor)
};
