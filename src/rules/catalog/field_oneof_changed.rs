use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-oneof-changed",
    title: "A union of objects has other options",
    breaking_type: Some(BreakingType::SchemaChange),
    affects: Affects::Stream,
    checks: "The number of options of a `oneOf` or `anyOf` of objects.",
    why: "Some destinations store a union by its options.",
    example: Example {
        context: Context::Fields,
        before: &[
            r#""owner": {"oneOf": [{"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}]}"#,
        ],
        after: &[
            r#""owner": {"oneOf": ["#,
            r#"  {"type": "object", "properties": {"id": {"type": "integer"}}},"#,
            r#"  {"type": "object", "properties": {"name": {"type": "string"}}}"#,
            "]}",
        ],
    },
    effect: Template::new("[{field} of `{stream}`|The field] has other options, but the same fields."),
    action: &[check("Check how destinations store a union of objects.")],
    references: &[SUPPORTED_DATA_TYPES, BREAKING_CHANGE_POLICY],
    ..Rule::review(Bump::Major)
};
