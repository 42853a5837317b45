use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-const-dropped",
    title: "A constant became a free value",
    decided: Decided::Inclusion,
    applies: |delta, _| {
        matches!(delta.change, Change::Spec(SpecChange::Const(KeywordEdit::Dropped))).then_some(Level::Safe)
    },
    checks: "`const` that is removed.",
    why: "The new spec accepts every value that was accepted.",
    example: Example {
        context: Context::SpecProperties,
        before: &["api: {type: string, const: v1}"],
        after: &["api: {type: string}"],
    },
    effect: Template::new("Saved values of [{field}|the property] stay valid."),
    action: NOTHING,
    references: &[CONFIG_VALIDATION],
    ..Rule::safe(Bump::Patch)
};
