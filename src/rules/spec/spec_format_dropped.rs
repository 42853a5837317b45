use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-format-dropped",
    title: "A format was removed",
    applies: |delta, _| {
        matches!(delta.change, Change::Spec(SpecChange::Format(KeywordEdit::Dropped))).then_some(Level::Safe)
    },
    checks: "`format` that is removed.",
    why: "The new spec asks for less.",
    example: Example {
        context: Context::SpecProperties,
        before: &["start_date: {type: string, format: date}"],
        after: &["start_date: {type: string}"],
    },
    effect: Template::new("Saved values of [{field}|the property] stay valid."),
    action: NOTHING,
    references: &[CONFIG_VALIDATION],
    ..Rule::safe(Bump::Patch)
};
