//! See [`RULE`].

use crate::rules::prelude::*;

/// The major version of the protocol changed.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-protocol-major-changed",
    title: "The major version of the protocol changed",
    level: Level::Breaking,
    breaking_type: Some(BreakingType::SpecChange),
    bump: Bump::Major,
    affects: Affects::Everyone,
    decided: Decided::Policy,
    applies: |_| Some(Level::Breaking),
    checks: "The first number of `protocol_version`.",
    why: "The platform compares majors with the range it supports.",
    example: "`0.2.0` becomes `1.0.0`.",
    effect: Template::new(
        "A platform that does not support [protocol {new}|the new major version of the protocol] cannot run this \
         version.",
    ),
    action: &[document("Say which platform version is needed.")],
    cannot_see: "",
    reference: "The platform's protocol version range.",
};
