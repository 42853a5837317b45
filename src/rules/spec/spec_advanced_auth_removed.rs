use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-advanced-auth-removed",
    title: "OAuth sign-in was removed",
    affects: Affects::OauthUsers,
    checks: "`advanced_auth` that is removed.",
    why: "The platform adds the OAuth client of the instance to such configs only while the spec describes \
          how.",
    example: Example {
        context: Context::Spec,
        before: &["advanced_auth: {auth_flow_type: oauth2.0}"],
        after: &[],
    },
    effect: Template::new(
        "OAuth users cannot sign in again, and their configs no longer get the OAuth client.",
    ),
    action: &[
        avoid("If the new version still accepts OAuth tokens, keep `advanced_auth`."),
        announce("Otherwise declare it:"),
        sign_in_again("users enter new credentials."),
    ],
    references: &[BREAKING_CHANGE_POLICY, REGRESSION_TESTS],
    ..Rule::breaking(BreakingType::SpecChange)
};
