use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-pattern-dropped",
    title: "A pattern was removed",
    decided: Decided::Inclusion,
    applies: |delta, _| {
        matches!(delta.change, Change::Spec(SpecChange::Pattern(KeywordEdit::Dropped))).then_some(Level::Safe)
    },
    checks: "`pattern` that is removed.",
    why: "The new spec accepts every value that was accepted.",
    example: Example {
        context: Context::SpecProperties,
        before: &[r#"url: {type: string, pattern: "^https?://"}"#],
        after: &["url: {type: string}"],
    },
    effect: Template::new("Saved values of [{field}|the property] stay valid."),
    action: NOTHING,
    references: &[CONFIG_VALIDATION],
    ..Rule::safe(Bump::Patch)
};
