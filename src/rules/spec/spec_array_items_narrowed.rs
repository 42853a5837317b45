use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-array-items-narrowed",
    title: "The elements of a list accept less",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    applies: |delta, _| match &delta.change {
        Change::Spec(SpecChange::TypeChanged { relation, items: true, .. })
            if *relation != TypeRelation::Widened =>
        {
            Some(Level::Breaking)
        }
        _ => None,
    },
    checks: "`type` of `items`, where the new types do not include the old ones.",
    why: "A saved list may hold elements that the new spec refuses.",
    example: Example {
        context: Context::SpecProperties,
        before: &["ids: {type: array, items: {type: number}}"],
        after: &["ids: {type: array, items: {type: integer}}"],
    },
    effect: Template::new(
        "Saved lists in [{field}|the property] with elements of a removed type are refused[ ({old} became \
         {new})|].",
    ),
    action: EDIT_SETTINGS_OR_MIGRATE,
    references: &[PULL_REQUEST_HANDBOOK, CONFIG_VALIDATION],
    ..Rule::breaking(BreakingType::SpecChange)
};
