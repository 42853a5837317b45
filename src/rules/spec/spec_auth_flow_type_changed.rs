use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-auth-flow-type-changed",
    title: "The OAuth flow is another one",
    affects: Affects::OauthUsers,
    checks: "`advanced_auth.auth_flow_type`.",
    why: "The two flows keep different tokens.",
    example: "`oauth1.0` becomes `oauth2.0`.",
    effect: Template::new(
        "Tokens of the old flow [({old}) |]are of no use to the new one[ ({new})|]: users sign in again.",
    ),
    action: &[announce("Announce it;"), sign_in_again("users authenticate again after upgrading.")],
    references: &[protocol!("The Airbyte protocol, advanced_auth", "#L736")],
    ..Rule::breaking(BreakingType::SpecChange)
};
