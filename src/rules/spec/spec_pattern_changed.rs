use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-pattern-changed",
    title: "A pattern changed",
    breaking_type: Some(BreakingType::SpecChange),
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    applies: |delta, _| {
        matches!(delta.change, Change::Spec(SpecChange::Pattern(KeywordEdit::Changed)))
            .then_some(Level::Review)
    },
    checks: "`pattern` with another value.",
    why: "A stricter pattern refuses saved values at the next sync.",
    example: Example {
        context: Context::SpecProperties,
        before: &[r#"url: {type: string, pattern: "^https?://"}"#],
        after: &[r#"url: {type: string, pattern: "^https://"}"#],
    },
    effect: Template::new(
        "Saved values of [{field} may be refused: whether all match {new} (before: {old})|the property may \
         be refused: whether all match the new pattern] is not decided here.",
    ),
    action: &[check("Check whether the new pattern refuses a saved value;"), announce("declare it if so.")],
    cannot_see: "Which texts users saved.",
    references: &[
        BREAKING_CHANGE_POLICY,
        regression_tests!("Airbyte's regression tests call any change of a pattern breaking"),
    ],
    ..Rule::review(Bump::Major)
};
