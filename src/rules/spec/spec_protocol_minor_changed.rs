use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-protocol-minor-changed",
    title: "The minor version of the protocol changed",
    checks: "The other numbers of `protocol_version`.",
    why: "The platform compares only major versions.",
    example: Example {
        context: Context::Spec,
        before: &["protocol_version: 0.2.0"],
        after: &["protocol_version: 0.5.2"],
    },
    effect: Template::new("No change: the platform compares only the first number."),
    action: NOTHING,
    references: &[platform!(
        "The platform's protocol version range",
        "airbyte-commons/src/main/kotlin/io/airbyte/commons/version/AirbyteProtocolVersionRange.kt#L24"
    )],
    ..Rule::cosmetic()
};
