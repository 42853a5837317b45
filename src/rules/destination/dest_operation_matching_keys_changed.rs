use crate::diff::DestinationChange;
use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-operation-matching-keys-changed",
    title: "Objects are found by other keys",
    affects: Affects::Everyone,
    checks: "`matching_keys` of an operation: a list of keys that is no longer offered.",
    why: "A connection keeps the keys that it chose, and the destination no longer finds objects by them.",
    example: Example {
        context: Context::Case { place: "`destination_catalog.json`", case: "fires" },
        before: &[
            r#"{"object_name": "contact", "sync_mode": "append", "matching_keys": [["email"]], "json_schema": {"type": "object"}}"#,
        ],
        after: &[
            r#"{"object_name": "contact", "sync_mode": "append", "matching_keys": [["id"]], "json_schema": {"type": "object"}}"#,
        ],
    },
    effect: Template::new("Connections that find [{field}|objects] by the old keys fail or write twice."),
    action: &[
        avoid("Keep the old keys,"),
        announce("or declare it:"),
        choose_key("users choose other keys."),
    ],
    applies: |delta, _| match &delta.change {
        // Each connection finds its keys.
        Change::Destination(DestinationChange::MatchingKeysChanged { keeps_all: true, .. }) => {
            Some(Level::Safe)
        }
        _ => Some(Level::Breaking),
    },
    references: &[super::OPERATIONS],
    ..Rule::breaking(BreakingType::SchemaChange)
};
