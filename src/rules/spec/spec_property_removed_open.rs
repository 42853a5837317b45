use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-property-removed-open",
    title: "A property was removed from the spec",
    breaking_type: Some(BreakingType::SpecChange),
    affects: Affects::ConfigBranch,
    checks: "A property that only the old spec declares, below an object that accepts unknown keys.",
    why: "The config is still accepted, and the setting silently stops working. Whether anyone notices \
              depends on the code.",
    example: "`window_in_days` goes.",
    effect: Template::new(
        "Saved configs stay valid, and the value of [{field}|the property] is ignored from now on.",
    ),
    action: &[
        check("Say whether ignoring the value changes what is synced."),
        announce("If it does, this is a breaking change;"),
        document("if not, note it in the changelog."),
    ],
    cannot_see: "What the code did with the value.",
    references: &[
        CONFIG_VALIDATION,
        Reference::unlinked("The acceptance tests call top-level removals breaking"),
    ],
    ..Rule::review(Bump::Minor)
};
