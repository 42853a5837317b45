use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-const-introduced",
    title: "A free value became a constant",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    applies: |delta, _| {
        matches!(delta.change, Change::Spec(SpecChange::Const(KeywordEdit::Introduced)))
            .then_some(Level::Breaking)
    },
    checks: "`const`, or an `enum` of one value, where there was neither.",
    why: "Users could save any value.",
    example: Example {
        context: Context::SpecProperties,
        before: &["mode: {type: string}"],
        after: &["mode: {type: string, const: full}"],
    },
    effect: Template::new(
        "Saved values of [{field} other than {new}|the property other than the constant] are refused.",
    ),
    action: EDIT_SETTINGS_OR_MIGRATE,
    references: &[CONFIG_VALIDATION],
    ..Rule::breaking(BreakingType::SpecChange)
};
