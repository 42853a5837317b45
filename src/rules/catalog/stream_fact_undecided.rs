use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "stream-fact-undecided",
    title: "What decides a fact of a stream changed, and cannot be read",
    breaking_type: Some(BreakingType::SchemaChange),
    affects: Affects::Stream,
    checks: "Facts of a stream that are decided while the connector runs: the template, the arguments of the component \
             or the code that decides them, held against the old one.",
    why: "A schema, key or cursor that code builds breaks users like one that is written.",
    example: "`get_json_schema` of a Python class maps a type of the API to `string` instead of `array`.",
    effect: Template::new(
        "[What decides {detail} of `{stream}`|What decides a fact of the stream] changed; whether the catalog shows \
         another one cannot be told.",
    ),
    action: &[check(
        "Compare what `discover` prints before and after. If the fact is another one, judge that, and announce it \
             where it breaks.",
    )],
    cannot_see: "What templates and code make of a config, or of the API's answers.",
    references: &[BREAKING_CHANGE_POLICY],
    ..Rule::review(Bump::Major)
};
