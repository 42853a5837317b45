//! The reasons that the table gives, in its words.

use serde_json::{Value, json};

use crate::given::*;

/// Each row: the old side, the new router and cursor, and why the state does what it does.
#[test]
fn reasons() {
    let start = |date: &str| CURSOR.replace("2020-01-01", date);
    let old = |router: &str| of(&stream(router, CURSOR, ""));
    let boards = parent("boards", "", "");
    let by = |key: &str, field: &str| substream(key, field, &boards, "");
    let list = |values: &str| format!("{{type: ListPartitionRouter, cursor_field: board, values: {values}}}");
    let grouped = |size: u8| {
        format!("{{type: GroupingPartitionRouter, group_size: {size}, underlying_partition_router: {LIST}}}")
    };
    let inside = |partition: Value| {
        saved(json!({"states": [{"partition": partition, "cursor": {"updated": "2024-05-01"}}]}))
    };
    let rows = vec![
        (
            old(""),
            stream("", &start("2024-06-01"), ""),
            "the position is saved and read in the same way, from 2024-06-01 on",
        ),
        (
            saved(json!({"updated": "2024-05-01"})),
            stream("", &cursor("%s"), ""),
            "saved as updated: a text like 0-0-0, read as %s: no format matches",
        ),
        (
            saved(json!({"updated": [1]})),
            stream("", "{type: IncrementingCountCursor, cursor_field: updated, start_value: 0}", ""),
            "saved as updated: an object or a list, read as updated: a number",
        ),
        (
            old(&by("id", "board")),
            stream(&by("key", "board"), CURSOR, ""),
            "partitions by board from id are not found by board from key; all start where the furthest partition stands",
        ),
        (
            old(&by("id", "board")),
            stream(&by("id", "shelf"), CURSOR, ""),
            "partitions by board from id are not found by shelf from id; all start where the furthest partition stands",
        ),
        (
            old(LIST),
            stream(&grouped(2), CURSOR, ""),
            "partitions by board are not found by board (a, b) in groups of 2; all start where the furthest partition stands",
        ),
        (old(&grouped(1)), stream(&grouped(2), CURSOR, ""), "the position is saved and read in the same way"),
        (
            old(LIST),
            stream(&list("[a, b, c]"), CURSOR, ""),
            "new partitions start at the position of the others: c",
        ),
        (
            inside(json!({"board": "a", "parent_slice": {}})),
            stream(LIST, CURSOR, ""),
            "partitions by board and parent_slice are not found by board",
        ),
        (
            inside(json!({"board": 7})),
            stream(LIST, CURSOR, ""),
            "partition values change their type (board: number, then board: text)",
        ),
        (
            inside(json!({"anna@lantern.test": "a"})),
            stream(LIST, CURSOR, ""),
            "partitions by a key like a@a.a are not found by board",
        ),
    ];
    let found: Vec<String> = rows
        .into_iter()
        .map(|(old, new, why)| (ways(&check(&old, &of(&new))).0.why, why))
        .filter(|(found, why)| found != why)
        .map(|(found, why)| format!("expected {why}\n   found {found}"))
        .collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}
