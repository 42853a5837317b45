use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-oneof-branch-added",
    title: "An option was added",
    decided: Decided::Inclusion,
    checks: "An option of a `oneOf` that has no counterpart in the old spec.",
    why: "Saved configs name the option they chose.",
    example: Example {
        context: Context::Options,
        before: &[
            "- {title: Token, type: object, required: [auth_type], properties: {auth_type: {type: string, const: token}}}",
        ],
        after: &[
            "- {title: Token, type: object, required: [auth_type], properties: {auth_type: {type: string, const: token}}}",
            "- {title: OAuth, type: object, required: [auth_type], properties: {auth_type: {type: string, const: oauth}}}",
        ],
    },
    effect: Template::new("Users can choose a new option[ {new} for {field}|]. Saved configs stay valid."),
    action: NOTHING,
    cannot_see: "Whether the new option also accepts old values, where no constant identifies the options.",
    references: &[PULL_REQUEST_HANDBOOK],
    ..Rule::safe(Bump::Minor)
};
