use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-auth-predicate-changed",
    title: "The setting that enables OAuth moved",
    affects: Affects::OauthUsers,
    checks: "`predicate_key` and `predicate_value` of `advanced_auth`.",
    why: "The platform uses this path to decide whether a config uses OAuth.",
    example: Example {
        context: Context::Spec,
        before: &[
            "advanced_auth: {auth_flow_type: oauth2.0, predicate_key: [credentials, auth_type], predicate_value: oauth}",
        ],
        after: &[
            "advanced_auth: {auth_flow_type: oauth2.0, predicate_key: [auth, type], predicate_value: oauth}",
        ],
    },
    effect: Template::new(
        "OAuth users get no credentials from the platform: [it looks for {new}, saved configs have \
         {old}|it looks at another place, or for another value].",
    ),
    action: &[avoid("Keep the old key and value,"), ship_migration("or ship a config migration.")],
    references: &[BREAKING_CHANGE_POLICY, REGRESSION_TESTS],
    ..Rule::breaking(BreakingType::SpecChange)
};
