use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-oneof-discriminator-changed",
    title: "An option is told apart by another value",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    checks: "Options of one title whose discriminator has another value.",
    why: "The form saved the constant in the config.",
    example: "`auth_type: const oauth` becomes `const oauth2.0`.",
    effect: Template::new(
        "Configs saved with [{old} for {field} match no option; the option is called {new} now|the old constant \
         match no option; the option has another one now].",
    ),
    action: &[
        avoid("Keep the old constant,"),
        ship_migration("or ship a config migration (ConfigRemapField) from the old value to the new one."),
    ],
    references: &[CONFIG_VALIDATION],
    ..Rule::breaking(BreakingType::SpecChange)
};
