//! See [`RULE`].

use crate::rules::prelude::*;

/// A part of a schema cannot be followed.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "schema-unresolved",
    title: "A part of a schema cannot be followed",
    level: Level::Review,
    breaking_type: Some(BreakingType::SchemaChange),
    bump: Bump::Major,
    affects: Affects::Stream,
    decided: Decided::Policy,
    applies: |_| Some(Level::Review),
    checks: "References that cannot be followed, and texts or lists where a schema belongs.",
    why: "What cannot be read cannot be called compatible.",
    example: "`parent: {name: \"string\"}`.",
    effect: Template::new(
        "What [{field} of `{stream}`|the field] holds cannot be read on one side: a reference leads nowhere, or \
         something that is no schema stands there.",
    ),
    action: &[avoid("Fix the reference,"), check("and compare again.")],
    cannot_see: "",
    reference: "JSON Schema draft 7.",
};
