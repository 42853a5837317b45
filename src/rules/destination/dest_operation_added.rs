use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-operation-added",
    title: "An operation is offered",
    affects: Affects::Nobody,
    checks: "`operations` of a DestinationCatalog, by object and sync mode.",
    why: "Connections use it only when they choose it.",
    example: Example {
        context: Context::Case { place: "`destination_catalog.json`", case: "fires" },
        before: &[],
        after: &[r#"{"object_name": "deal", "sync_mode": "append", "json_schema": {"type": "object"}}"#],
    },
    effect: Template::new("Users can map streams to [{field} in mode {detail}|another operation]."),
    action: NOTHING,
    references: &[super::OPERATIONS],
    ..Rule::safe(Bump::Minor)
};
