use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-format-introduced",
    title: "A format was added or changed",
    title_of: |delta| match delta.change {
        Change::Spec(SpecChange::Format(KeywordEdit::Introduced)) => Some("A format was added"),
        Change::Spec(SpecChange::Format(KeywordEdit::Changed)) => Some("A format changed"),
        _ => None,
    },
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
    why: "The runtime does not check formats, but the settings form does: a value that worked for years \
          stops a user who changes another setting.",
    example: Example {
        context: Context::SpecProperties,
        before: &["start_date: {type: string, format: date}"],
        after: &["start_date: {type: string, format: date-time}"],
    },
    effect: Template::new(
        "Syncs continue. The settings form refuses values of [{field} that do not match {new}|the property \
         that do not match the format].",
    ),
    action: &[
        check("Check that the form accepts saved values,"),
        document("or say in the changelog how to write them."),
    ],
    references: &[CONFIG_VALIDATION, regression_tests!("Airbyte's regression tests call it breaking")],
    ..Rule::review(Bump::Minor)
};
