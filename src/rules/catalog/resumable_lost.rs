//! See [`RULE`].

use crate::rules::prelude::*;

/// Full refreshes of a stream can no longer resume.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "resumable-lost",
    title: "Full refreshes of a stream can no longer resume",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Patch,
    affects: Affects::Nobody,
    decided: Decided::Policy,
    applies: |_| Some(Level::Safe),
    checks: "`is_resumable` that is no longer true.",
    why: "The next attempt reads more, and ends the same.",
    example: "`is_resumable: true` goes.",
    effect: Template::new("An interrupted full refresh of [`{stream}`|the stream] starts over."),
    action: NOTHING,
    cannot_see: "",
    reference: "The Airbyte protocol.",
};
