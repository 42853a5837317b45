use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-type-widened",
    title: "A property accepts more types",
    decided: Decided::Inclusion,
    applies: |delta, _| {
        matches!(delta.change, Change::Spec(SpecChange::TypeChanged { relation: TypeRelation::Widened, .. }))
            .then_some(Level::Safe)
    },
    checks: "`type` of a property, where the new types include the old.",
    why: "Every value that was accepted still is. `integer` to `number` is such a case, although \
              keyword comparisons report it.",
    example: "`type: integer` becomes `type: number`.",
    effect: Template::new("Saved values of [{field}|the property] stay valid."),
    action: NOTHING,
    references: &[CONFIG_VALIDATION],
    ..Rule::safe(Bump::Patch)
};
