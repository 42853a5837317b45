use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-oneof-reordered",
    title: "Options are in another order",
    decided: Decided::Inclusion,
    checks: "The order of the options of a `oneOf`.",
    why: "A value identifies an option, not its place in the list.",
    example: Example {
        context: Context::Options,
        before: &[
            "- {title: Token, type: object, required: [auth_type], properties: {auth_type: {type: string, const: token}}}",
            "- {title: OAuth, type: object, required: [auth_type], properties: {auth_type: {type: string, const: oauth}}}",
        ],
        after: &[
            "- {title: OAuth, type: object, required: [auth_type], properties: {auth_type: {type: string, const: oauth}}}",
            "- {title: Token, type: object, required: [auth_type], properties: {auth_type: {type: string, const: token}}}",
        ],
    },
    effect: Template::new("The form lists the options of [{field}|the property] in another order."),
    action: NOTHING,
    references: &[CONFIG_VALIDATION],
    ..Rule::cosmetic()
};
