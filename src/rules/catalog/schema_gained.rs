//! See [`RULE`].

use crate::rules::prelude::*;

/// A stream gained a schema.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "schema-gained",
    title: "A stream gained a schema",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Minor,
    affects: Affects::Nobody,
    decided: Decided::Policy,
    applies: |_| Some(Level::Safe),
    checks: "An empty schema that has fields now.",
    why: "No column existed that could change.",
    example: "`{}` becomes a schema.",
    effect: Template::new("[`{stream}`|The stream] declares its fields, where it declared none."),
    action: NOTHING,
    cannot_see: "",
    reference: "The Airbyte protocol.",
};
