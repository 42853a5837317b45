use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-advanced-auth-added",
    title: "OAuth sign-in was added",
    checks: "`advanced_auth` where there was none.",
    why: "The connector reads saved credentials as before.",
    example: Example {
        context: Context::Spec,
        before: &[],
        after: &["advanced_auth: {auth_flow_type: oauth2.0}"],
    },
    effect: Template::new("The form offers a sign-in button. Saved credentials stay valid."),
    action: NOTHING,
    references: &[BREAKING_CHANGE_POLICY, REGRESSION_TESTS],
    ..Rule::safe(Bump::Minor)
};
