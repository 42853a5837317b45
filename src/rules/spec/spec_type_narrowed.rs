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
    checks: "`type` of a property, where the new types are some of the old.",
    why: "A stored value may have the type that is gone; `null` counts.",
    example: "`type: [string, \"null\"]` becomes `type: string`; `number` becomes `integer`.",
    effect: Template::new(
        "Saved values of [{field} that are no longer allowed ({old} became {new})|the property that are no longer \
         allowed] are refused.",
    ),
    action: EDIT_SETTINGS_OR_MIGRATE,
    references: &[PULL_REQUEST_HANDBOOK, CONFIG_VALIDATION],
    ..Rule::breaking(BreakingType::SpecChange)
};
