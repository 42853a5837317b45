use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-oauth-scope-changed",
    title: "The OAuth scope changed",
    breaking_type: Some(BreakingType::SpecChange),
    affects: Affects::OauthUsers,
    checks: "`scope` of the OAuth connector input.",
    why: "A token's scope is fixed when it is issued.",
    example: "`read` becomes `read write`.",
    effect: Template::new(
        "Saved tokens keep the old scope; what needs the new one fails until users sign in again. A narrower scope \
         costs nothing.",
    ),
    action: &[
        check("Say whether a stream needs the new scope."),
        announce("If existing streams do, this is a breaking change."),
    ],
    cannot_see: "Which requests need which scope.",
    references: &[BREAKING_CHANGE_POLICY, regression_tests!("Airbyte's regression tests call it breaking")],
    ..Rule::review(Bump::Minor)
};
