use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-pattern-introduced",
    title: "A pattern was added to a property",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    applies: |delta, _| {
        matches!(delta.change, Change::Spec(SpecChange::Pattern(KeywordEdit::Introduced)))
            .then_some(Level::Breaking)
    },
    checks: "`pattern` where there was none.",
    why: "The runtime checks patterns, and users could save any text before.",
    example: Example {
        context: Context::SpecProperties,
        before: &["url: {type: string}"],
        after: &[r#"url: {type: string, pattern: "^https://"}"#],
    },
    effect: Template::new(
        "Saved values of [{field} that do not match {new}|the property that do not match the pattern] are \
         refused.",
    ),
    action: &[
        avoid("Accept every value that users can have saved and clean it up in the code,"),
        ship_migration("or ship a config migration."),
    ],
    cannot_see: "Whether every saved value happens to match.",
    references: &[CONFIG_VALIDATION],
    ..Rule::breaking(BreakingType::SpecChange)
};
