use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-legacy-auth-spec-dropped",
    title: "The old OAuth block was removed",
    checks: "`authSpecification` that is gone.",
    why: "The platform reads `advanced_auth`.",
    example: "`authSpecification` goes.",
    effect: Template::new("Nothing: `authSpecification` has been replaced by `advanced_auth`."),
    action: &[nothing("Nothing, if `advanced_auth` covers it.")],
    references: &[protocol!("The Airbyte protocol, `authSpecification`", "#L726")],
    ..Rule::cosmetic()
};
