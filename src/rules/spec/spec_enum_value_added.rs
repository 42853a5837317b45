//! See [`RULE`].

use crate::rules::prelude::*;

/// Allowed values were added.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-enum-value-added",
    title: "Allowed values were added",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Minor,
    affects: Affects::Nobody,
    decided: Decided::Inclusion,
    applies: |_| Some(Level::Safe),
    checks: "Values that only the new `enum` lists.",
    why: "No saved value is lost.",
    example: "`enum: [v1]` becomes `enum: [v1, v2]`.",
    effect: Template::new(
        "Saved values of [{field}|the property] stay valid and there is more to choose from[: {detail}|].",
    ),
    action: NOTHING,
    cannot_see: "",
    reference: "Airbyte's pull request handbook, versioning table.",
};
