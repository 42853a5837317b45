use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-oauth-scope-changed",
    title: "The OAuth scope changed",
    breaking_type: Some(BreakingType::SpecChange),
    affects: Affects::OauthUsers,
    checks: "`scope` of the OAuth connector input.",
    why: "The scope of a token is fixed when the token is issued, so saved tokens keep the old scope.",
    example: Example {
        context: Context::Oauth,
        before: &[
            r#"oauth_connector_input_specification: {consent_url: "https://shop.test/consent", scope: read}"#,
        ],
        after: &[
            r#"oauth_connector_input_specification: {consent_url: "https://shop.test/consent", scope: read write}"#,
        ],
    },
    effect: Template::new(
        "Requests that need the new scope fail until users sign in again. A narrower scope breaks nothing.",
    ),
    action: &[check("Find out whether a stream needs the new scope;"), announce("declare it if so.")],
    cannot_see: "Which requests need which scope.",
    references: &[BREAKING_CHANGE_POLICY, regression_tests!("Airbyte's regression tests call it breaking")],
    ..Rule::review(Bump::Minor)
};
