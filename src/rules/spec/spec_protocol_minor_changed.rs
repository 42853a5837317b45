//! See [`RULE`].

use crate::rules::prelude::*;

/// The minor version of the protocol changed.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-protocol-minor-changed",
    title: "The minor version of the protocol changed",
    level: Level::Cosmetic,
    breaking_type: None,
    bump: Bump::None,
    affects: Affects::Nobody,
    decided: Decided::Policy,
    applies: |_| Some(Level::Cosmetic),
    checks: "The other numbers of `protocol_version`.",
    why: "Only majors are compared.",
    example: "`0.2.0` becomes `0.5.2`.",
    effect: Template::new("Nothing: the platform compares the first number only."),
    action: NOTHING,
    cannot_see: "",
    reference: "The platform's protocol version range.",
};
