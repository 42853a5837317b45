use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-no-json-schema",
    title: "The new spec is not a valid JSON Schema",
    affects: Affects::Everyone,
    applies: |delta, _| match &delta.change {
        Change::Spec(SpecChange::NoSchema { java: true, .. }) => Some(Level::Review),
        _ => Some(Level::Breaking),
    },
    checks: "A spec that was a JSON Schema and is not one now: a type that does not exist, a list where a \
             schema is expected, a reference without a target, or a keyword that the metaschema of the \
             draft refuses (`examples` that are a text, a name twice in `required`, `required: true` in a \
             property).",
    why: "The Python CDK validates the config against the spec before check, discover and read, and its \
          validator refuses the spec itself.",
    example: Example {
        context: Context::SpecProperties,
        before: &["region: {type: string}"],
        after: &["region: {type: strng}"],
    },
    effect: Template::new("No config can be validated, so every connection fails[: {detail}|]."),
    action: &[avoid("Fix the spec before the release: users cannot work around it.")],
    cannot_see: "What the validator of a Java connector makes of it: it ignores some of these faults.",
    references: &[JSON_SCHEMA_DRAFT_7, CONFIG_VALIDATION],
    ..Rule::breaking(BreakingType::SpecChange)
};
