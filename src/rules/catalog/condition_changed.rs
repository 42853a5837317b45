use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "condition-changed",
    title: "The condition under which a stream exists changed",
    decided: Decided::Inclusion,
    breaking_type: Some(BreakingType::StreamOrPropertyRemoval),
    affects: Affects::Stream,
    checks: "The condition of ConditionalStreams around a stream.",
    why: "A condition on a key that saved configs do not hold is false, and saved configs hold what the old spec declares.",
    example: "`condition: \"{{ config['beta'] }}\"` is put around a stream.",
    effect: Template::new(
        "[`{stream}` exists under the condition {new} (before: {old}); for configs where it|The stream exists under \
         another condition; for configs where the condition] does not hold the stream is gone.",
    ),
    action: &[
        check("Say for which configs the condition fails."),
        announce("If a saved config can fail it, this removes a stream for those users."),
    ],
    cannot_see: "Which configs satisfy a condition that asks for more than the truth of one key.",
    references: &[cdk!("airbyte_cdk/sources/declarative/concurrent_declarative_source.py#L956")],
    ..Rule::review(Bump::Major)
};
