use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-operation-removed",
    title: "An operation is no longer offered",
    affects: Affects::Everyone,
    checks: "`operations` of a DestinationCatalog, by object and sync mode.",
    why: "A connection that activates data maps each stream to an operation.",
    example: Example {
        context: Context::Case { place: "`destination_catalog.json`", case: "fires" },
        before: &[r#"{"object_name": "deal", "sync_mode": "append", "json_schema": {"type": "object"}}"#],
        after: &[],
    },
    effect: Template::new("Connections that use [{field} in mode {detail}|the operation] can no longer run."),
    action: &[avoid("Keep the operation,"), announce("or declare it and name another.")],
    references: &[super::OPERATIONS],
    ..Rule::breaking(BreakingType::StreamOrPropertyRemoval)
};
