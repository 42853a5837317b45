use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-type-widened",
    title: "A property accepts more types",
    decided: Decided::Inclusion,
    applies: |delta, _| {
        matches!(delta.change, Change::Spec(SpecChange::TypeChanged { relation: TypeRelation::Widened, .. }))
            .then_some(Level::Safe)
    },
    checks: "`type` of a property, where the new types include the old ones.",
    why: "The new spec accepts every value that was accepted. This includes `integer` to `number`, which a \
          comparison of keywords reports.",
    example: Example {
        context: Context::SpecProperties,
        before: &["page_size: {type: integer}"],
        after: &["page_size: {type: number}"],
    },
    effect: Template::new("Saved values of [{field}|the property] stay valid."),
    action: NOTHING,
    references: &[CONFIG_VALIDATION],
    ..Rule::safe(Bump::Patch)
};
