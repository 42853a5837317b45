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
    why: "A tighter pattern refuses saved values at the next sync.",
    example: "`^https?://` becomes `^https://`.",
    effect: Template::new(
        "Saved values of [{field} match the old pattern {old}; whether all of them match {new}|the property match \
         the old pattern; whether all of them match the new one] is not decided here.",
    ),
    action: &[
        check("Check that the new pattern accepts every text the old one accepts."),
        announce("If it does not, this is a breaking change."),
    ],
    cannot_see: "Which texts users saved.",
    references: &[
        BREAKING_CHANGE_POLICY,
        regression_tests!("Airbyte's regression tests call any change of a pattern breaking"),
    ],
    ..Rule::review(Bump::Major)
};
