//! See [`RULE`].

use crate::rules::prelude::*;

/// The old OAuth block was removed.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-legacy-auth-spec-dropped",
    title: "The old OAuth block was removed",
    level: Level::Cosmetic,
    breaking_type: None,
    bump: Bump::None,
    affects: Affects::Nobody,
    decided: Decided::Policy,
    applies: |_| Some(Level::Cosmetic),
    checks: "`authSpecification` that is gone.",
    why: "The platform reads `advanced_auth`.",
    example: "`authSpecification` goes.",
    effect: Template::new("Nothing: `authSpecification` has been replaced by `advanced_auth`."),
    action: &[nothing("Nothing, if `advanced_auth` covers it.")],
    cannot_see: "",
    reference: "The Airbyte protocol.",
};
