//! See [`RULE`].

use crate::rules::prelude::*;

/// A field was added.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-added",
    title: "A field was added",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Minor,
    affects: Affects::Nobody,
    decided: Decided::Policy,
    applies: |delta| (delta.field.len() == 1).then_some(Level::Safe),
    checks: "A property that only the new schema declares.",
    why: "No column changes.",
    example: "`phone` is added.",
    effect: Template::new(
        "A new column [{field} appears in `{stream}`|appears] where users let new fields through.",
    ),
    action: NOTHING,
    cannot_see: "",
    reference: "Airbyte's pull request handbook, versioning table.",
};
