use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-type-changed",
    title: "A property's type changed",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    checks: "`type` of a property, where neither side includes the other.",
    why: "The stored value is validated against the new type and fails.",
    example: "`type: string` becomes `type: integer`.",
    effect: Template::new(
        "Saved values of [{field} have the old type ({old}) and are refused ({new} is expected)|the property have \
         the old type and are refused].",
    ),
    action: &[
        edit_settings("Users must edit the connector's settings before the next sync."),
        ship_migration("To avoid the break, ship a config migration."),
        avoid("A new property beside the old one is the gentler way."),
    ],
    references: &[PULL_REQUEST_HANDBOOK, CONFIG_VALIDATION],
    ..Rule::breaking(BreakingType::SpecChange)
};
