use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-auth-flow-type-changed",
    title: "The OAuth flow changed",
    affects: Affects::OauthUsers,
    checks: "`advanced_auth.auth_flow_type`.",
    why: "The two flows keep different tokens.",
    example: Example {
        context: Context::Spec,
        before: &["advanced_auth: {auth_flow_type: oauth1.0}"],
        after: &["advanced_auth: {auth_flow_type: oauth2.0}"],
    },
    effect: Template::new(
        "Users sign in again: tokens of the old flow [({old}) |]do not work in the new one[ ({new})|].",
    ),
    action: &[announce("Declare it."), sign_in_again("Users sign in again.")],
    references: &[protocol!("The Airbyte protocol, advanced_auth", "#L736")],
    ..Rule::breaking(BreakingType::SpecChange)
};
