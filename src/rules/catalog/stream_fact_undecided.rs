use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "stream-fact-undecided",
    title: "A part that defines a stream changed and cannot be evaluated",
    breaking_type: Some(BreakingType::SchemaChange),
    affects: Affects::Stream,
    checks: "Facts of a stream that are decided while the connector runs: the template, the component \
             arguments or the code that decides them is compared with the old one.",
    why: "A schema, key or cursor that code builds affects users in the same way as one in a file.",
    example: Example {
        context: Context::Case { place: "`manifest.yaml`", case: "another-template" },
        before: &[r#"cursor_field: "{{ config['cursor'] }}""#],
        after: &[r#"cursor_field: "{{ config['field'] }}""#],
    },
    effect: Template::new(
        "[What decides {detail} of `{stream}`|What decides a fact of the stream] changed. The effect on \
         users is not decided here.",
    ),
    action: &[check("Compare what `discover` prints before and after; declare a difference that breaks.")],
    cannot_see: "What templates and code make of a config, or of the API's answers.",
    references: &[BREAKING_CHANGE_POLICY],
    ..Rule::review(Bump::Major)
};
