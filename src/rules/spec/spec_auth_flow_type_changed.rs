//! See [`RULE`].

use crate::rules::prelude::*;

/// The OAuth flow is another one.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-auth-flow-type-changed",
    title: "The OAuth flow is another one",
    level: Level::Breaking,
    breaking_type: Some(BreakingType::SpecChange),
    bump: Bump::Major,
    affects: Affects::OauthUsers,
    decided: Decided::Policy,
    applies: |_| Some(Level::Breaking),
    checks: "`advanced_auth.auth_flow_type`.",
    why: "The two flows keep different tokens.",
    example: "`oauth1.0` becomes `oauth2.0`.",
    effect: Template::new(
        "Tokens of the old flow [({old}) |]are of no use to the new one[ ({new})|]: users sign in again.",
    ),
    action: &[announce("Announce it;"), sign_in_again("users authenticate again after upgrading.")],
    cannot_see: "",
    reference: "The Airbyte protocol, advanced_auth.",
};
