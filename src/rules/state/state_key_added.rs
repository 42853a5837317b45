use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-key-added",
    title: "State has another key",
    decided: Decided::Replay,
    checks: "Keys of state in samples of both versions.",
    why: "A key that is unknown or missing changes nothing.",
    example: Example {
        context: Context::State,
        before: &[r#""position": {"a": 1, "b": 2}, "mode": ["x"]"#],
        after: &[r#""position": {"a": 1, "b": 2}, "mode": ["x"], "token": "t""#],
    },
    effect: Template::new("Saved state of [`{stream}`|the stream] is read as before."),
    action: NOTHING,
    references: &[PARTITIONED_STATE],
    ..Rule::cosmetic()
};
