//! Samples of both versions side by side, where code keeps the state.

use connector_diff::model::{StateEvidence, StateOutcome as O};
use serde_json::{Value, json};

use crate::given::*;

/// Each row: what the old version saved, what the new one saves, and what the first does under the second.
#[test]
fn samples_side_by_side() {
    use O::{Fails, LosesData, NothingSaved, ReadsAgain, Resumes, Unknown};
    let at = |value: Value| json!({"updated": value});
    let day = || at(json!("2024-05-01"));
    let board = |partition: Value| json!({"states": [{"partition": partition, "cursor": day()}]});
    let with = |mut state: Value, key: &str, value: Value| {
        state[key] = value;
        state
    };
    let boards = || board(json!({"board": "a"}));
    let range =
        || json!({"state_type": "date-range", "slices": [{"start": "2020-01-01", "end": "2024-05-01"}]});
    let by_id = || json!({"7": day(), "8": day()});
    let of_database = |version: u8, cursor: &str| json!({"version": version, "state_type": "cursor_based", "cursor": cursor});
    let nested = |org: Value| board(json!({"board": "a", "parent_slice": {"org": org}}));
    let format: &[&str] = &["breaking state-cursor-format-changed"];
    let retyped: &[&str] = &["breaking state-partition-value-type-changed"];
    let renamed: &[&str] = &["breaking state-partition-key-renamed"];
    let rows: Vec<(Value, Value, O, &[&str])> = vec![
        (day(), at(json!("2025-06-02")), Resumes, &[]),
        // Moments in another form.
        (day(), at(json!("2024-05-01T00:00:00Z")), Fails, format),
        (at(json!("2024-05-01T00:00:00.123Z")), at(json!("2024-05-01T00:00:00Z")), Fails, format),
        (at(json!("2024-05-01T00:00:00-0700")), at(json!("2024-05-01T00:00:00+0200")), Resumes, &[]),
        // Where Z was written, what reads an offset reads it too.
        (at(json!("2024-05-01T00:00:00Z")), at(json!("2024-05-01T00:00:00+00:00")), Resumes, &[]),
        (at(json!("2024-05-01T00:00:00+00:00")), at(json!("2024-05-01T00:00:00Z")), Fails, format),
        (at(json!(1_714_521_600)), at(json!(1_714_521_600_000_i64)), Fails, format),
        (at(json!("1714521600")), at(json!("1714521600000")), Fails, format),
        (
            at(json!("1714521600")),
            at(json!(1_714_521_600)),
            Fails,
            &["breaking state-cursor-value-type-changed"],
        ),
        (
            json!({"states": [{"partition": {"board": "a"}, "cursor": at(json!(0))}, {"partition": {"board": "b"}, "cursor": at(json!(1_714_521_600))}]}),
            json!({"states": [{"partition": {"board": "a"}, "cursor": at(json!(1_714_521_600_000_i64))}]}),
            Fails,
            format,
        ),
        // Numbers and tokens that may be anything.
        (at(json!(7)), at(json!(1_714_521_600)), Resumes, &[]),
        (at(json!("abc")), at(json!("x-1")), Resumes, &[]),
        (at(json!("abc")), day(), Fails, format),
        // No position: nothing is lost, and nothing shows what would be.
        (json!({}), day(), NothingSaved, &[]),
        (at(json!(null)), day(), Unknown, &[]),
        (day(), json!({}), Unknown, &[]),
        (day(), at(json!("")), Unknown, &[]),
        // Keys.
        (day(), json!({"changed": "2024-05-01"}), ReadsAgain, &["breaking state-cursor-key-renamed"]),
        (day(), with(day(), "x", json!(1)), Resumes, &["cosmetic state-key-added"]),
        (with(day(), "x", json!(1)), day(), Unknown, &["review state-key-removed"]),
        (json!({"a": [1], "b": 2}), json!({"a": [1]}), Unknown, &["review state-key-removed"]),
        // Partitions.
        (boards(), boards(), Resumes, &[]),
        (board(json!({"board": "a", "parent_slice": {}})), boards(), Resumes, &[]),
        (boards(), board(json!({"board": "a", "parent_slice": {}})), Resumes, &[]),
        (nested(json!(1)), boards(), ReadsAgain, renamed),
        (nested(json!(1)), nested(json!("1")), ReadsAgain, retyped),
        (boards(), board(json!({"board": 1})), ReadsAgain, retyped),
        (boards(), board(json!({"shelf": "a"})), ReadsAgain, renamed),
        (with(boards(), "state", day()), board(json!({"shelf": "a"})), LosesData, renamed),
        (
            json!({"states": [{"partition": {"board": "a"}, "cursor": day()}, {"partition": {"shelf": "a"}, "cursor": day()}]}),
            board(json!({"board": "a", "shelf": "b"})),
            ReadsAgain,
            renamed,
        ),
        // One kind went with its parent, one came.
        (
            json!({"states": [{"partition": {"board": "a"}, "cursor": day()}, {"partition": {"shelf": "a"}, "cursor": day()}]}),
            boards(),
            Resumes,
            &[],
        ),
        // Parents.
        (
            with(boards(), "parent_state", json!({"boards": day()})),
            boards(),
            Resumes,
            &["review state-parent-removed"],
        ),
        (
            boards(),
            with(boards(), "parent_state", json!({"boards": day()})),
            Resumes,
            &["safe state-parent-added"],
        ),
        (
            with(boards(), "parent_state", json!({"boards": day()})),
            with(boards(), "parent_state", json!({"shelves": day()})),
            LosesData,
            &["review state-parent-renamed"],
        ),
        (
            with(boards(), "parent_state", json!({"boards": day()})),
            with(boards(), "parent_state", json!({"boards": {"updated": 1_714_521_600}})),
            Fails,
            &["breaking state-cursor-value-type-changed"],
        ),
        (
            with(boards(), "parent_state", json!({"boards": day()})),
            with(boards(), "parent_state", json!({"boards": {"changed": "2024-05-01"}})),
            Resumes,
            &["review state-parent-removed"],
        ),
        // Forms of their own, one level down.
        (
            json!({"7": {"u": "2024-05-01", "v": 1}, "8": {"u": "2024-05-02", "v": 1}}),
            json!({"7": {"u": "2024-05-01T00:00:00Z", "v": 1}, "9": {"u": "2024-05-02T00:00:00Z", "v": 1}}),
            Unknown,
            &["review state-cursor-format-changed"],
        ),
        (
            json!({"7": {"u": "2024-05-01", "v": 1}, "8": {"u": "2024-05-02", "v": 1}}),
            json!({"7": {"x": "2024-05-01", "y": 1}, "8": {"x": "2024-05-02", "y": 1}}),
            Unknown,
            &["review state-key-removed"],
        ),
        (json!("2024-05-01"), json!(["2024-05-01"]), Unknown, &["breaking state-class-changed"]),
        // Classes.
        (day(), boards(), Resumes, &["review state-partitioned"]),
        (boards(), day(), ReadsAgain, &["breaking state-departitioned"]),
        (
            boards(),
            json!({"use_global_cursor": true, "state": day()}),
            Resumes,
            &["safe state-global-cursor-toggled"],
        ),
        (by_id(), boards(), ReadsAgain, &["breaking state-legacy-map-replaced"]),
        (boards(), by_id(), Unknown, &["breaking state-class-changed"]),
        (day(), range(), Resumes, &["review state-sequential-to-slices"]),
        (range(), day(), Resumes, &["cosmetic state-slices-to-sequential"]),
        (
            json!({"__ab_full_refresh_sync_complete": true}),
            day(),
            NothingSaved,
            &["safe state-full-refresh-to-incremental"],
        ),
        (
            day(),
            json!({"__ab_no_cursor_state_message": true}),
            ReadsAgain,
            &["breaking state-incremental-to-full-refresh"],
        ),
        (
            json!({"history": {"a.csv": "2024-05-01"}}),
            json!({"history": {"a.csv": "2024-05-01T00:00:00.000000Z"}}),
            ReadsAgain,
            &["breaking state-file-history-changed"],
        ),
        (of_database(2, "7"), of_database(3, "7"), Unknown, &["review state-version-marker-changed"]),
        (of_database(2, "7"), of_database(2, "2024-05-01"), Unknown, &["review state-cursor-format-changed"]),
    ];
    let mut wrong = Vec::new();
    for (before, after, outcome, findings) in rows {
        let (old, new) = (saved(before.clone()), saved(after.clone()));
        let found = forward(&old, &new);
        if found.0 != outcome || found.1 != findings {
            wrong.push(format!("{before} -> {after}: expected {outcome:?} {findings:?}, found {found:?}"));
        }
        assert_eq!(ways(&check(&old, &new)).0.evidence, StateEvidence::Samples);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Of several keys that differ in the same way each is named.
#[test]
fn each_key_is_named() {
    let keys = |value: &str| saved(json!({"created": value, "id": 7, "updated": value}));
    let why = ways(&check(&keys("2024-05-01"), &keys("2024-05-01T00:00:00Z"))).0.why;
    assert_eq!(
        why,
        "saved as created: a text like 0-0-0; updated: a text like 0-0-0, \
         later as created: a text like 0-0-0T0:0:0Z; updated: a text like 0-0-0T0:0:0Z"
    );
}
