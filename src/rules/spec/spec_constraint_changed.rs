use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-constraint-changed",
    title: "A rarer constraint changed",
    breaking_type: Some(BreakingType::SpecChange),
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    checks: "Keywords such as `not`, `allOf`, `if`, `patternProperties`, `propertyNames` or \
              `dependencies`.",
    why: "They can refuse what was accepted, and comparing keywords does not tell.",
    example: "`dependencies` is added.",
    effect: Template::new(
        "[{detail} of {field}|A keyword of the schema] changed; whether every saved config is still accepted is not \
         decided here.",
    ),
    action: &[
        check("Check by hand whether a config that was accepted is refused now."),
        announce("If so, this is a breaking change."),
    ],
    references: &[JSON_SCHEMA_DRAFT_7],
    ..Rule::review(Bump::Major)
};
