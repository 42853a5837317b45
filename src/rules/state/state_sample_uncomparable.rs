use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-sample-uncomparable",
    title: "Only one side has a state sample",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::Nobody,
    decided: Decided::Replay,
    checks: "State samples on exactly one side.",
    why: "A change of state shows only between two samples.",
    example: "`integration_tests/sample_state.json` is only in the new version.",
    effect: Template::new("What happens to saved state cannot be told from one sample."),
    action: &[check("Add a sample of saved state to the other side, or leave both out.")],
    references: &[Reference::unlinked("What the samples show"), STATE_MESSAGE],
    ..Rule::review(Bump::None)
};
