use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-scalar-to-oneof",
    title: "A plain property became a choice of options",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    applies: |delta, _| {
        matches!(
            delta.change,
            Change::Spec(SpecChange::TypeChanged { relation: TypeRelation::ScalarToOneOf, .. })
        )
        .then_some(Level::Breaking)
    },
    checks: "A property that had no `oneOf` and has one now.",
    why: "The form used to save a plain value, or an object without the discriminator that the options \
          require.",
    example: Example {
        context: Context::SpecProperties,
        before: &["credentials: {type: string}"],
        after: &[
            "credentials: {type: object, oneOf: [{title: Token, required: [token], properties: {token: {type: string}}}]}",
        ],
    },
    effect: Template::new(
        "Every sync fails with a config error: saved values of [{field}|the property] match none of the \
         new options.",
    ),
    action: &[
        ship_migration("Ship a config migration to the option that means the same;"),
        edit_settings("otherwise users must edit their settings."),
    ],
    references: &[PULL_REQUEST_HANDBOOK],
    ..Rule::breaking(BreakingType::SpecChange)
};
