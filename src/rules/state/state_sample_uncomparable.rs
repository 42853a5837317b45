use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-sample-uncomparable",
    title: "Only one version has a state sample",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::Nobody,
    decided: Decided::Replay,
    checks: "State samples in exactly one version.",
    why: "A change of state is visible only between two samples.",
    example: Example {
        context: Context::Case { place: "`state.json`", case: "fires" },
        before: &[],
        after: &[
            r#"[{"type": "STREAM", "stream": {"stream_descriptor": {"name": "users"}, "stream_state": {"updated": "2024-05-01T00:00:00Z"}}}]"#,
        ],
    },
    effect: Template::new("What happens to saved state is unknown: only one version has a sample."),
    action: &[check("Add a sample to the other version, or remove this one.")],
    references: &[Reference::unlinked("What the samples show"), STATE_MESSAGE],
    ..Rule::review(Bump::None)
};
