//! See [`RULE`].

use crate::rules::prelude::*;

/// A nested field was added.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "nested-field-added",
    title: "A nested field was added",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Minor,
    affects: Affects::Nobody,
    decided: Decided::Policy,
    applies: |delta| (delta.field.len() > 1).then_some(Level::Safe),
    checks: "A property inside an object or a list that only the new schema declares.",
    why: "No column changes.",
    example: "`address.country` is added.",
    effect: Template::new(
        "[{field} appears inside a column of `{stream}`|A field appears inside a column of the stream].",
    ),
    action: NOTHING,
    cannot_see: "",
    reference: "Airbyte's pull request handbook, versioning table.",
};
