use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-oauth-output-path-changed",
    title: "OAuth tokens are kept at another place",
    affects: Affects::OauthUsers,
    checks: "`path_in_connector_config` of the OAuth output specifications.",
    why: "Tokens are written to that path of the config and read from it.",
    example: "`credentials.access_token` becomes `access_token`.",
    effect: Template::new(
        "Saved tokens lie where the new connector does not look, and new ones where the old did not: users sign in \
         again.",
    ),
    action: &[
        ship_migration("Ship a config migration that moves the tokens,"),
        announce("or announce"),
        sign_in_again("that users authenticate again."),
    ],
    references: &[BREAKING_CHANGE_POLICY, REGRESSION_TESTS],
    ..Rule::breaking(BreakingType::SpecChange)
};
