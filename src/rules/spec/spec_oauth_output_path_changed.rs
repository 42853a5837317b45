//! See [`RULE`].

use crate::rules::prelude::*;

/// OAuth tokens are kept at another place.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-oauth-output-path-changed",
    title: "OAuth tokens are kept at another place",
    level: Level::Breaking,
    breaking_type: Some(BreakingType::SpecChange),
    bump: Bump::Major,
    affects: Affects::OauthUsers,
    decided: Decided::Policy,
    applies: |_| Some(Level::Breaking),
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
    cannot_see: "",
    reference: "Airbyte's regression tests.",
};
