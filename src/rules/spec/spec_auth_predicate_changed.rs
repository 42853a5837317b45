use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-auth-predicate-changed",
    title: "The place that switches OAuth on moved",
    affects: Affects::OauthUsers,
    checks: "`predicate_key` and `predicate_value` of `advanced_auth`.",
    why: "The platform decides by this path whether a config uses OAuth.",
    example: "`credentials.auth_type` becomes `auth.type`.",
    effect: Template::new(
        "Saved configs choose OAuth at [{old}, and the platform now looks for {new}|one place, and the platform now \
         looks at another or for another value]: credentials are not injected.",
    ),
    action: &[avoid("Keep the old key and value,"), ship_migration("or ship a config migration.")],
    references: &[BREAKING_CHANGE_POLICY, REGRESSION_TESTS],
    ..Rule::breaking(BreakingType::SpecChange)
};
