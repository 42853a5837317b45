use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-protocol-major-changed",
    title: "The major version of the protocol changed",
    affects: Affects::Everyone,
    checks: "The first number of `protocol_version`.",
    why: "The platform compares majors with the range it supports.",
    example: "`0.2.0` becomes `1.0.0`.",
    effect: Template::new(
        "A platform that does not support [protocol {new}|the new major version of the protocol] cannot run this \
         version.",
    ),
    action: &[document("Say which platform version is needed.")],
    references: &[platform!(
        "The platform's protocol version range",
        "airbyte-commons/src/main/kotlin/io/airbyte/commons/version/AirbyteProtocolVersionRange.kt#L24"
    )],
    ..Rule::breaking(BreakingType::SpecChange)
};
