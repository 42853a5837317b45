use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-constraint-changed",
    title: "A rarer constraint changed",
    breaking_type: Some(BreakingType::SpecChange),
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    checks: "Keywords such as `not`, `allOf`, `if`, `patternProperties`, `propertyNames` or \
             `dependencies`.",
    why: "These keywords can refuse configs that were accepted, and a comparison of keywords does not show \
          it.",
    example: Example {
        context: Context::SpecSchema,
        before: &["properties: {user: {type: string}, password: {type: string}}"],
        after: &[
            "properties: {user: {type: string}, password: {type: string}}",
            "dependencies: {user: [password]}",
        ],
    },
    effect: Template::new(
        "Some saved configs may be refused, which is not decided here: [{detail} of {field}|a keyword of \
         the schema] changed.",
    ),
    action: &[check("Check whether the new spec refuses a saved config;"), announce("declare it if so.")],
    references: &[JSON_SCHEMA_DRAFT_7],
    ..Rule::review(Bump::Major)
};
