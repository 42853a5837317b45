use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-shared-state-changed",
    title: "The shared part of the state changed",
    affects: Affects::Everyone,
    decided: Decided::Replay,
    checks: "The keys of `shared_state` in samples of both versions, and the keys inside its objects. A \
             key that is only added is not reported by this rule.",
    why: "The connector finds offsets and schema history by these keys.",
    example: Example {
        context: Context::StateMessages,
        before: &[r#"{"type": "GLOBAL", "global": {"shared_state": {"lsn": 1}, "stream_states": []}}"#],
        after: &[r#"{"type": "GLOBAL", "global": {"shared_state": {"offset": 1}, "stream_states": []}}"#],
    },
    effect: Template::new(
        "Change data capture reads everything again unless the code converts the shared state[ ({old} \
         became {new})|].",
    ),
    action: &[announce("Declare it."), refresh("Users refresh their streams.")],
    references: &[airbyte!(
        "The bulk CDK's global state",
        "airbyte-cdk/bulk/core/base/src/main/kotlin/io/airbyte/cdk/command/InputStateFactory.kt#L66"
    )],
    ..Rule::breaking(BreakingType::StateChange)
};
