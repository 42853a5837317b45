//! Manifests and states that were made to hurt, or that look like less than they are.

use std::fmt::Write;

use connector_diff::model::StateOutcome::{Fails, NothingSaved, ReadsAgain, Resumes, Unknown};
use serde_json::{Value, json};

use crate::components::*;
use crate::rows::*;

/// `orders` by the router `name` of these definitions.
fn routed_by(name: &str, definitions: &str) -> Given {
    let orders = orders().router(component(&format!("{{$ref: '#/definitions/{name}'}}")));
    of_manifest(&manifest(&orders).with("definitions", definitions))
}

#[test]
fn routers_in_a_circle_end() {
    let circle = routed_by(
        "r",
        "
r:
  type: GroupingPartitionRouter
  group_size: 2
  underlying_partition_router: {$ref: '#/definitions/r'}
",
    );
    check(&circle, &circle);
}

#[test]
fn routers_that_double_at_every_level_end_and_are_unknown() {
    let mut levels = "r0: {type: ListPartitionRouter, cursor_field: board, values: [a, b]}\n".to_owned();
    for level in 1..30 {
        let below = level - 1;
        write!(
            levels,
            "
r{level}:
  type: UnionPartitionRouter
  partition_field: board
  partition_routers:
    - $ref: '#/definitions/r{below}'
    - $ref: '#/definitions/r{below}'
"
        )
        .expect("a text takes all");
    }
    let doubled = routed_by("r29", &levels);
    assert_eq!(forward(&doubled, &doubled), outcome(Unknown, &[]));
}

/// No catalog shows it.
#[test]
fn a_delegating_stream_that_becomes_a_full_refresh_one_loses_its_position() {
    assert_eq!(
        forward(delegating(&orders()), orders().full_refresh()),
        outcome(ReadsAgain, &["breaking state-incremental-to-full-refresh"])
    );
}

#[test]
fn a_position_beside_a_list_is_found() {
    assert_eq!(forward(saved(json!({"updated": "2024-05-01", "ids": [1, 2]})), orders()).0, Resumes);
}

#[test]
fn a_map_by_id_under_states_is_not_looked_at() {
    assert_eq!(forward(saved(json!({"states": {"7": day()}})), orders()).0, ReadsAgain);
}

#[test]
fn a_partition_whose_cursor_is_the_mark_of_a_full_refresh_saved_nothing() {
    let done = at(json!({"id": 1}), json!({"__ab_full_refresh_sync_complete": true}));
    assert_eq!(forward(saved(in_partitions([done])), orders()).0, NothingSaved);
}

/// As the CDK was seen to start from them.
#[test]
fn odd_states_under_a_count() {
    let slices = |kind: &str, start: Value, end: Value| json!({"state_type": kind, "slices": [{"start": start, "end": end}]});
    for (why, state, outcome) in [
        ("the end of the ranges is a number", slices("integer", json!(0), json!(7)), Resumes),
        (
            "the end of the ranges is a day",
            slices("date-range", json!("2020-01-01"), json!("2024-05-01")),
            Fails,
        ),
        ("null is taken for no position", json!({"updated": null}), ReadsAgain),
        ("an empty text is taken for no position", json!({"updated": ""}), ReadsAgain),
        ("a text is no number, whatever it says", json!({"updated": "7"}), Fails),
        ("an object is no number", json!({"updated": {"a": 1}}), Fails),
        (
            "use_global_cursor alone makes no partitions",
            json!({"updated": 7, "use_global_cursor": false}),
            Resumes,
        ),
    ] {
        assert_eq!(forward(saved(state.clone()), orders().cursor(count())).0, outcome, "{state}: {why}");
    }
}

/// They might be seconds in 1970, which lie before the start.
#[test]
fn eight_digits_are_a_day_where_the_format_says_so() {
    let dates = moments("%Y%m%d").with("start_datetime.datetime", "'1980-01-01'");
    assert_eq!(forward(saved(json!({"updated": "19851231"})), orders().cursor(dates)).0, Resumes);
}
