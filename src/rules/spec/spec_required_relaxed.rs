//! See [`RULE`].

use crate::rules::prelude::*;

/// A required property became optional.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-required-relaxed",
    title: "A required property became optional",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Minor,
    affects: Affects::Nobody,
    decided: Decided::Inclusion,
    applies: |_| Some(Level::Safe),
    checks: "A property that only the old spec requires.",
    why: "Every config that had it is still accepted.",
    example: "`required: [start_date]` becomes `required: []`.",
    effect: Template::new("Saved configs stay valid."),
    action: NOTHING,
    cannot_see: "",
    reference: "Airbyte's pull request handbook, versioning table.",
};
