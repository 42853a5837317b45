//! See [`RULE`].

use crate::rules::prelude::*;

/// A free value became a list of allowed values.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-enum-introduced",
    title: "A free value became a list of allowed values",
    level: Level::Breaking,
    breaking_type: Some(BreakingType::SpecChange),
    bump: Bump::Major,
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    applies: |_| Some(Level::Breaking),
    checks: "`enum` where there was none. A list that names both booleans changes nothing and is not \
              reported.",
    why: "Users could type anything.",
    example: "`region: string` gains `enum: [us, eu]`.",
    effect: Template::new(
        "Saved values of [{field} outside {new}|the property outside the list] are refused.",
    ),
    action: &[
        avoid("List every value users can have saved,"),
        ship_migration("or ship a config migration that maps the others."),
    ],
    cannot_see: "",
    reference: "The acceptance tests' backward compatibility check.",
};
