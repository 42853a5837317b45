use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-protocol-major-changed",
    title: "The major version of the protocol changed",
    affects: Affects::Everyone,
    checks: "The first number of `protocol_version`.",
    why: "The platform compares the major version with the range that it supports.",
    example: Example {
        context: Context::Spec,
        before: &["protocol_version: 0.2.0"],
        after: &["protocol_version: 1.0.0"],
    },
    effect: Template::new(
        "Platforms without [protocol {new}|the new protocol version] cannot run this version.",
    ),
    action: &[document("Say which platform version users need.")],
    references: &[platform!(
        "The platform's protocol version range",
        "airbyte-commons/src/main/kotlin/io/airbyte/commons/version/AirbyteProtocolVersionRange.kt#L24"
    )],
    ..Rule::breaking(BreakingType::SpecChange)
};
