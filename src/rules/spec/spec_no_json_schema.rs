use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-no-json-schema",
    title: "The new spec is no JSON Schema",
    affects: Affects::Everyone,
    applies: |delta, _| match &delta.change {
        Change::Spec(SpecChange::NoSchema { java: true, .. }) => Some(Level::Review),
        _ => Some(Level::Breaking),
    },
    checks: "A spec that was a JSON Schema and is none any more: a type that does not exist, a list where a schema belongs, a reference that leads nowhere, a keyword that the metaschema of the draft refuses (`examples` that are a text, a name twice in `required`, `required: true` in a property).",
    why: "The Python CDK holds the config against the spec before check, discover and read, and its validator refuses the spec itself.",
    example: "`type: strng`.",
    effect: Template::new("No config can be validated any more[: {detail}|]."),
    action: &[avoid(
        "Fix the spec before releasing: it breaks every connection as it is, whatever users do.",
    )],
    cannot_see: "What the validator of a Java connector makes of it: it reads over some of these faults.",
    references: &[JSON_SCHEMA_DRAFT_7, CONFIG_VALIDATION],
    ..Rule::breaking(BreakingType::SpecChange)
};
