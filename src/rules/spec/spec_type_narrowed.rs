use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-type-narrowed",
    title: "A property accepts fewer types",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    applies: |delta, _| {
        matches!(delta.change, Change::Spec(SpecChange::TypeChanged { relation: TypeRelation::Narrowed, .. }))
            .then_some(Level::Breaking)
    },
    checks: "`type` of a property, where the new types are some of the old ones.",
    why: "A saved value may have the removed type, for example `null`.",
    example: Example {
        context: Context::SpecProperties,
        before: &["page_size: {type: number}"],
        after: &["page_size: {type: integer}"],
    },
    effect: Template::new(
        "Saved values of [{field}|the property] with a removed type are refused[ ({old} became {new})|].",
    ),
    action: EDIT_SETTINGS_OR_MIGRATE,
    references: &[PULL_REQUEST_HANDBOOK, CONFIG_VALIDATION],
    ..Rule::breaking(BreakingType::SpecChange)
};
