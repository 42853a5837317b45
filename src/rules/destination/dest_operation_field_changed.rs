use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-operation-field-changed",
    title: "An operation takes a field no longer, or fewer values of it",
    affects: Affects::Everyone,
    checks: "`properties` of the `json_schema` of an operation: removed, or of another `type`, `format` or `airbyte_type`, also in \
             what they refer to; and fields that the operation took without listing them, and lists with fewer values.",
    why: "A mapping to the field loses its target, or sends values that are refused.",
    example: Example {
        context: Context::Case { place: "`destination_catalog.json`", case: "fires" },
        before: &[
            r#"{"object_name": "contact", "sync_mode": "append", "json_schema": {"properties": {"phone": {"type": "string"}}}}"#,
        ],
        after: &[
            r#"{"object_name": "contact", "sync_mode": "append", "json_schema": {"properties": {"phone": {"type": "integer"}}}}"#,
        ],
    },
    effect: Template::new("Connections that map [{field}|the field] may lose it or fail."),
    action: &[
        check("Check what the destination does with such values."),
        announce("Declare it if it refuses them."),
    ],
    cannot_see: "What the destination does with what is mapped to it.",
    references: &[super::OPERATIONS],
    ..Rule::review(Bump::Major)
};
