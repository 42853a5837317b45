use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-property-removed-open",
    title: "A property was removed from the spec",
    breaking_type: Some(BreakingType::SpecChange),
    affects: Affects::ConfigBranch,
    checks: "A property that only the old spec declares, in an object that accepts unknown keys.",
    why: "The config is still accepted, but the setting stops working without a message. The code decides \
          whether users notice.",
    example: Example {
        context: Context::SpecProperties,
        before: &["window_in_days: {type: integer}"],
        after: &[],
    },
    effect: Template::new("The saved value of [{field}|the property] is ignored."),
    action: &[
        check("Check whether syncs change without [{field}|the property]."),
        announce("Declare it if syncs change;"),
        document("else note it in the changelog."),
    ],
    cannot_see: "What the code did with the value.",
    references: &[
        CONFIG_VALIDATION,
        Reference::unlinked("The acceptance tests call top-level removals breaking"),
    ],
    ..Rule::review(Bump::Minor)
};
