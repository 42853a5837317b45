//! See [`RULE`].

use crate::rules::prelude::*;

/// A stream was added.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "stream-added",
    title: "A stream was added",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Minor,
    affects: Affects::Nobody,
    decided: Decided::Policy,
    applies: |_| Some(Level::Safe),
    checks: "A stream that only the new catalog lists.",
    why: "Existing connections sync what they have selected.",
    example: "`events` is added.",
    effect: Template::new("A new stream [`{stream}` |]can be enabled."),
    action: &[
        nothing("Nothing."),
        avoid("A stream of twice the usual volume should stay out of `suggestedStreams`."),
    ],
    cannot_see: "",
    reference: "Airbyte's pull request handbook, versioning table.",
};
