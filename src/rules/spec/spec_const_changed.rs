use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-const-changed",
    title: "A constant has another value",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    applies: |delta, _| {
        matches!(delta.change, Change::Spec(SpecChange::Const(KeywordEdit::Changed)))
            .then_some(Level::Breaking)
    },
    checks: "`const`, or an `enum` of one value, with another value.",
    why: "The form saved the old constant in every config.",
    example: Example {
        context: Context::SpecProperties,
        before: &["api: {type: string, const: v1}"],
        after: &["api: {type: string, const: v2}"],
    },
    effect: Template::new(
        "Saved configs are refused: [{field} is {old}, and only {new}|they hold the old constant, and only \
         the new one] is accepted.",
    ),
    action: &[avoid("Keep the old value,"), ship_migration("or ship a config migration (ConfigRemapField).")],
    references: &[CONFIG_VALIDATION],
    ..Rule::breaking(BreakingType::SpecChange)
};
