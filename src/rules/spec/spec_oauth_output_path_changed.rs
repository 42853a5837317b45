use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-oauth-output-path-changed",
    title: "OAuth tokens are saved at another place",
    affects: Affects::OauthUsers,
    checks: "`path_in_connector_config` of the OAuth output specifications.",
    why: "Tokens are written to that path of the config and read from it. After a rollback, the old \
          version does not find new tokens either.",
    example: Example {
        context: Context::Oauth,
        before: &[
            "complete_oauth_output_specification: {properties: {token: {type: string, path_in_connector_config: [credentials, token]}}}",
        ],
        after: &[
            "complete_oauth_output_specification: {properties: {token: {type: string, path_in_connector_config: [token]}}}",
        ],
    },
    effect: Template::new("Users sign in again: the new version looks for tokens at another place."),
    action: &[
        ship_migration("Ship a config migration that moves the tokens,"),
        announce("or declare it:"),
        sign_in_again("users sign in again."),
    ],
    references: &[BREAKING_CHANGE_POLICY, REGRESSION_TESTS],
    ..Rule::breaking(BreakingType::SpecChange)
};
