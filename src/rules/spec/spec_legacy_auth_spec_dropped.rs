use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-legacy-auth-spec-dropped",
    title: "The old OAuth block was removed",
    checks: "`authSpecification` that is removed.",
    why: "The platform reads `advanced_auth`.",
    example: Example {
        context: Context::Spec,
        before: &["authSpecification: {auth_type: oauth2.0}"],
        after: &[],
    },
    effect: Template::new("No change: `advanced_auth` replaced `authSpecification`."),
    action: &[nothing("Nothing to do if `advanced_auth` covers it.")],
    references: &[protocol!("The Airbyte protocol, `authSpecification`", "#L726")],
    ..Rule::cosmetic()
};
