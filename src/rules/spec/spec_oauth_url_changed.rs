use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-oauth-url-changed",
    title: "Details of the OAuth conversation changed",
    checks: "Consent and token URLs, headers, parameters and keys of the OAuth connector input.",
    why: "Saved tokens are not touched.",
    example: "`consent_url` moves to a new host.",
    effect: Template::new("Sign-ins from now on use the new details; saved tokens stay."),
    action: NOTHING,
    references: &[protocol!("The Airbyte protocol, advanced_auth", "#L801")],
    ..Rule::safe(Bump::Minor)
};
