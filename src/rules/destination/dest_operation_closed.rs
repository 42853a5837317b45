use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-operation-closed",
    title: "An operation takes fewer fields that it does not list",
    affects: Affects::Everyone,
    checks: "`additionalProperties` of the `json_schema` of an operation: false, or a schema that takes less than the old one.",
    why: "A connection may map fields that the operation does not list, such as custom ones.",
    example: Example {
        context: Context::Case { place: "`destination_catalog.json`", case: "closed" },
        before: &[
            r#"{"object_name": "contact", "sync_mode": "append", "json_schema": {"type": "object", "additionalProperties": true}}"#,
        ],
        after: &[
            r#"{"object_name": "contact", "sync_mode": "append", "json_schema": {"type": "object", "additionalProperties": false}}"#,
        ],
    },
    effect: Template::new(
        "Connections that map other fields than those listed [of {field}|of an operation] fail.",
    ),
    action: &[check("Check whether connections may map other fields."), announce("Declare it if they may.")],
    cannot_see: "Whether any connection maps such a field.",
    references: &[super::OPERATIONS],
    ..Rule::review(Bump::Major)
};
