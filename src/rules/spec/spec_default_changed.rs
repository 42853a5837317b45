use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-default-changed",
    title: "A default changed",
    applies: |delta, _| {
        matches!(
            delta.change,
            Change::Spec(SpecChange::Default { edit: KeywordEdit::Changed, places_data: false })
        )
        .then_some(Level::Safe)
    },
    checks: "`default` with another value.",
    why: "The form writes defaults into the config when a user saves it.",
    example: Example {
        context: Context::SpecProperties,
        before: &["page_size: {type: integer, default: 100}"],
        after: &["page_size: {type: integer, default: 500}"],
    },
    effect: Template::new(
        "New connections start with [{new} for {field} instead of {old}|another default]. Saved configs do \
         not change.",
    ),
    action: &[
        nothing("Nothing to do,"),
        document("unless the code uses the default at run time: then note it in the changelog."),
    ],
    cannot_see: "A default that the code applies at run time.",
    references: &[CONFIG_VALIDATION],
    ..Rule::safe(Bump::Minor)
};
