use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "schema-too-large",
    title: "A part of a schema is too large to compare",
    breaking_type: Some(BreakingType::SchemaChange),
    affects: Affects::Stream,
    checks: "Record schemas that differ and nest deeper than the limit `depth` once their references are \
             followed, unions of more than 2,000 options, and more than 32 nested unions.",
    why: "A part that was not compared cannot be called compatible.",
    example: Example {
        context: Context::Case { place: "`catalog.json`", case: "fires" },
        before: &[r#""u34": {"type": "integer"}"#],
        after: &[r#""u34": {"type": "boolean"}"#],
    },
    effect: Template::new(
        "What [{field} of `{stream}`|the field] holds is not compared[: {detail}|: the schema is too large \
         there].",
    ),
    action: &[check("Compare it by eye, or raise the limit that the report names.")],
    references: &[JSON_SCHEMA_DRAFT_7],
    ..Rule::review(Bump::Major)
};
