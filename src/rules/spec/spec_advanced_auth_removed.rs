use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-advanced-auth-removed",
    title: "OAuth sign-in was removed",
    affects: Affects::OauthUsers,
    checks: "`advanced_auth` that is gone.",
    why: "The platform injects the OAuth client into such configs only while the spec describes how.",
    example: "`advanced_auth` goes.",
    effect: Template::new(
        "Users who signed in through OAuth cannot renew their sign-in, and their tokens are no longer completed \
         with the instance's credentials.",
    ),
    action: &[
        sign_in_again("Users enter credentials of another kind."),
        avoid("Keep `advanced_auth` while tokens it issued are in use."),
    ],
    references: &[BREAKING_CHANGE_POLICY, REGRESSION_TESTS],
    ..Rule::breaking(BreakingType::SpecChange)
};
