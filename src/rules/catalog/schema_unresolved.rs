use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "schema-unresolved",
    title: "A part of a schema cannot be read",
    breaking_type: Some(BreakingType::SchemaChange),
    affects: Affects::Stream,
    checks: "References that cannot be followed, and texts or lists where a schema is expected.",
    why: "A part that cannot be read cannot be called compatible.",
    example: Example {
        context: Context::Fields,
        before: &[r#""parent": {"type": "object", "properties": {"name": {"type": "string"}}}"#],
        after: &[r#""parent": {"type": "object", "properties": {"name": "string"}}"#],
    },
    effect: Template::new(
        "What [{field} of `{stream}`|the field] holds is unknown in one version: its schema cannot be \
         read.",
    ),
    action: &[avoid("Fix the reference or the schema,"), check("then compare again.")],
    references: &[JSON_SCHEMA_DRAFT_7],
    ..Rule::review(Bump::Major)
};
