use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-default-dropped",
    title: "A default was removed",
    applies: |delta, _| {
        matches!(
            delta.change,
            Change::Spec(SpecChange::Default { edit: KeywordEdit::Dropped, places_data: false })
        )
        .then_some(Level::Safe)
    },
    checks: "`default` that is removed.",
    why: "Saved configs keep their value.",
    example: Example {
        context: Context::SpecProperties,
        before: &["page_size: {type: integer, default: 100}"],
        after: &["page_size: {type: integer}"],
    },
    effect: Template::new("The form no longer fills in [{old} for {field}|a default] in new connections."),
    action: NOTHING,
    cannot_see: "Code that reads the default from the spec.",
    references: &[CONFIG_VALIDATION],
    ..Rule::safe(Bump::Patch)
};
