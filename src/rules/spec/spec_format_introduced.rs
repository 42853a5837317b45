use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-format-introduced",
    title: "A format was added or changed",
    breaking_type: Some(BreakingType::SpecChange),
    affects: Affects::ConfigBranch,
    applies: |delta, _| {
        matches!(
            delta.change,
            Change::Spec(SpecChange::Format(KeywordEdit::Introduced | KeywordEdit::Changed))
        )
        .then_some(Level::Review)
    },
    checks: "`format` that is new or has another value.",
    why: "A user who changes another setting may be stopped by a value that worked for years.",
    example: "`format: date` becomes `format: date-time`.",
    effect: Template::new(
        "Syncs go on, since the runtime does not assert formats; the settings form does, when a user edits [{field} \
         again ({new})|the property again].",
    ),
    action: &[
        check("Make sure that values saved under the old format are accepted by the form,"),
        document("or say in the changelog how to write them."),
    ],
    references: &[CONFIG_VALIDATION, regression_tests!("Airbyte's regression tests call it breaking")],
    ..Rule::review(Bump::Minor)
};
