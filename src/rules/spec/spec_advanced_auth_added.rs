//! See [`RULE`].

use crate::rules::prelude::*;

/// OAuth sign-in was added.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-advanced-auth-added",
    title: "OAuth sign-in was added",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Minor,
    affects: Affects::Nobody,
    decided: Decided::Policy,
    applies: |_| Some(Level::Safe),
    checks: "`advanced_auth` where there was none.",
    why: "Nothing that was saved is read differently.",
    example: "`advanced_auth` is added.",
    effect: Template::new("The form offers a sign-in button; saved credentials stay valid."),
    action: NOTHING,
    cannot_see: "",
    reference: "Airbyte's regression tests.",
};
