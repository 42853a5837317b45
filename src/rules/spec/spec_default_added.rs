use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-default-added",
    title: "A default was added",
    applies: |delta, _| {
        matches!(
            delta.change,
            Change::Spec(SpecChange::Default { edit: KeywordEdit::Introduced, places_data: false })
        )
        .then_some(Level::Safe)
    },
    checks: "`default` where there was none.",
    why: "Nothing fills defaults into saved configs.",
    example: Example {
        context: Context::SpecProperties,
        before: &["page_size: {type: integer}"],
        after: &["page_size: {type: integer, default: 100}"],
    },
    effect: Template::new("The form fills in [{new} for {field}|a default] in new connections."),
    action: NOTHING,
    references: &[CONFIG_VALIDATION],
    ..Rule::safe(Bump::Patch)
};
