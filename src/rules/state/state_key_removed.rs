use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-key-removed",
    title: "Keys of an opaque state were removed",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "Keys of state in samples of both versions.",
    why: "The meaning of the keys is in the code.",
    example: Example {
        context: Context::State,
        before: &[r#""position": {"a": 1, "b": 2}, "mode": ["x"], "token": "t""#],
        after: &[r#""position": {"a": 1, "b": 2}, "mode": ["x"]"#],
    },
    effect: Template::new(
        "The position of [`{stream}` may be lost: the new version no longer writes {old}|the stream may be \
         lost: the new version no longer writes a key of it].",
    ),
    action: &[check("Find out what reads the key;"), announce("declare it if a position is lost.")],
    cannot_see: "What the code reads.",
    references: &[Reference::unlinked("What the samples show"), STATE_MESSAGE],
    ..Rule::review(Bump::Minor)
};
