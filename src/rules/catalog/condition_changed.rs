use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "condition-changed",
    title: "The condition under which a stream exists changed",
    decided: Decided::Inclusion,
    breaking_type: Some(BreakingType::StreamOrPropertyRemoval),
    affects: Affects::Stream,
    checks: "The condition of ConditionalStreams around a stream.",
    why: "The stream exists only for configs that meet the condition. A condition on a key that a saved \
          config does not have is false. Saved configs have the keys that the old spec declares.",
    example: Example {
        context: Context::Case { place: "`manifest.yaml`", case: "a-key-that-no-saved-config-has" },
        before: &[r#"condition: "{{ config['beta'] }}""#],
        after: &[r#"condition: "{{ config['lamps'] }}""#],
    },
    effect: Template::new(
        "Users lose [`{stream}` unless their config meets {new} (before: {old})|the stream unless their \
         config meets the new condition].",
    ),
    action: &[
        check("Find out which saved configs fail the condition;"),
        announce("declare the removal if one can."),
    ],
    cannot_see: "Which configs meet a condition that asks for more than whether one key is set.",
    references: &[cdk!("airbyte_cdk/sources/declarative/concurrent_declarative_source.py#L956")],
    ..Rule::review(Bump::Major)
};
