use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-shared-state-changed",
    title: "What streams share in their state changed",
    affects: Affects::Everyone,
    decided: Decided::Replay,
    checks: "The keys of `shared_state` in samples of both sides, those inside its objects too. A key that is only added is \
             no finding of this rule.",
    why: "Offsets and schema history are looked up by these keys.",
    example: "`lsn` goes.",
    effect: Template::new(
        "The shared part of saved state has [{old}, and {new} where the new version looks|other keys]: unless its code \
         converts it, change data capture cannot resume and everything is read again.",
    ),
    action: &[announce("Announce it;"), refresh("users refresh their streams after upgrading.")],
    references: &[airbyte!(
        "The bulk CDK's global state",
        "airbyte-cdk/bulk/core/base/src/main/kotlin/io/airbyte/cdk/command/InputStateFactory.kt#L66"
    )],
    ..Rule::breaking(BreakingType::StateChange)
};
