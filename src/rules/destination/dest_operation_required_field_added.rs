use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-operation-required-field-added",
    title: "An operation requires another field",
    affects: Affects::Everyone,
    checks: "`required` of the `json_schema` of an operation.",
    why: "A mapping without the field is refused.",
    example: Example {
        context: Context::Case { place: "`destination_catalog.json`", case: "fires" },
        before: &[
            r#"{"object_name": "contact", "sync_mode": "append", "json_schema": {"type": "object", "required": ["email"]}}"#,
        ],
        after: &[
            r#"{"object_name": "contact", "sync_mode": "append", "json_schema": {"type": "object", "required": ["email", "country"]}}"#,
        ],
    },
    effect: Template::new("Connections that do not map [{field}|the field] fail."),
    action: &[avoid("Make the field optional,"), announce("or declare it.")],
    references: &[super::OPERATIONS],
    ..Rule::breaking(BreakingType::SchemaChange)
};
