//! The reasons that the table gives, in its words.

use serde_json::{Value, json};

use crate::components::*;
use crate::rows::*;

/// Each row: the old side, the new one, and why the state does what it does.
#[track_caller]
fn say<const N: usize>(rows: [(Given, Component, &str); N]) {
    let found: Vec<String> = rows
        .into_iter()
        .map(|(old, new, why)| (ways(&check(old, new)).0.why, why))
        .filter(|(found, why)| found != why)
        .map(|(found, why)| format!("expected {why}\n   found {found}"))
        .collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn reasons_of_positions() {
    say([
        (
            of(&orders()),
            orders().cursor(days().starting("2024-06-01")),
            "the position is saved and read in the same way, from 2024-06-01 on",
        ),
        (
            saved(json!({"updated": "2024-05-01"})),
            orders().cursor(moments("%s")),
            "saved as updated: a text like 0-0-0, read as %s: no format matches",
        ),
        (
            saved(json!({"updated": [1]})),
            orders().cursor(count()),
            "saved as updated: an object or a list, read as updated: a number",
        ),
    ]);
}

#[test]
fn reasons_of_partitions_that_manifests_name() {
    let by_board = parent(&stream("boards").full_refresh());
    let substream = |parent: Component| orders().router(substream([parent]));
    let grouped = |size: u8| orders().router(groups(size, &list()));
    say([
        (
            of(&substream(by_board.clone())),
            substream(by_board.with("parent_key", "key")),
            "partitions by board from id are not found by board from key; all start where the furthest partition stands",
        ),
        (
            of(&substream(by_board.clone())),
            substream(by_board.with("partition_field", "shelf")),
            "partitions by board from id are not found by shelf from id; all start where the furthest partition stands",
        ),
        (
            of(&orders().router(list())),
            grouped(2),
            "partitions by board are not found by board (a, b) in groups of 2; all start where the furthest partition stands",
        ),
        (of(&grouped(1)), grouped(2), "the position is saved and read in the same way"),
        (
            of(&orders().router(list())),
            orders().router(list().with("values", "[a, b, c]")),
            "new partitions start at the position of the others: c",
        ),
    ]);
}

#[test]
fn reasons_of_partitions_that_a_sample_shows() {
    let inside = |partition: Value| saved(in_partitions([at(partition, day())]));
    let listed = || orders().router(list());
    say([
        (
            inside(json!({"board": "a", "parent_slice": {}})),
            listed(),
            "partitions by board and parent_slice are not found by board",
        ),
        (
            inside(json!({"board": 7})),
            listed(),
            "partition values change their type (board: number, then board: text)",
        ),
        (
            inside(json!({"anna@lantern.test": "a"})),
            listed(),
            "partitions by a key like a@a.a are not found by board",
        ),
    ]);
}
