//! Samples of saved state, met by a manifest.

use crate::given::*;
use connector_diff::model::{Level, StateOutcome as O};
use serde_json::{Value, json};

/// Old state at 2024-05-01, a start date in 2020: samples met by a manifest.
#[test]
fn samples_met_by_a_manifest() {
    let plain = stream("", CURSOR, "");
    let listed = r#"{type: DatetimeBasedCursor, cursor_field: updated, datetime_format: "%Y-%m-%dT%H:%M:%SZ", cursor_datetime_formats: ["%Y-%m-%d", "%s"], start_datetime: "2020-01-01T00:00:00Z"}"#;
    let renamed = CURSOR.replace("cursor_field: updated", "cursor_field: changed");
    let day = || saved(json!({"updated": "2024-05-01"}));
    let by_board = |global| saved(partitions("board", [json!("a"), json!("b")], "updated", global));
    let by_id = |values, global| saved(partitions("id", values, "updated", global));
    let numbers = LIST.replace("cursor_field: board", "cursor_field: id").replace("[a, b]", r#"["1", "2"]"#);
    let rows: Vec<(&str, Given, String, O, &[&str])> = vec![
        ("same format", day(), plain.clone(), O::Resumes, &[]),
        (
            "cursor field renamed",
            day(),
            stream("", &renamed, ""),
            O::ReadsAgain,
            &["breaking state-cursor-key-renamed"],
        ),
        (
            "datetime_format changed, the old spelling not listed",
            day(),
            stream("", &cursor("%Y-%m-%dT%H:%M:%SZ"), ""),
            O::Fails,
            &["breaking state-datetime-format-changed"],
        ),
        (
            "start_datetime later than the state",
            day(),
            stream("", &CURSOR.replace("2020-01-01", "2024-06-01"), ""),
            O::LosesData,
            &["review state-before-start"],
        ),
        (
            "start_datetime later than one partition",
            by_board(true),
            stream(LIST, &CURSOR.replace("2020-01-01", "2024-06-01"), ""),
            O::LosesData,
            &["review state-before-start"],
        ),
        (
            "start_datetime later, and the router removed",
            by_board(true),
            stream("", &CURSOR.replace("2020-01-01", "2024-06-01"), ""),
            O::LosesData,
            &["breaking state-departitioned", "review state-before-start"],
        ),
        (
            "start_datetime later, and the cursor field renamed",
            day(),
            stream("", &renamed.replace("2020-01-01", "2024-06-01"), ""),
            O::LosesData,
            &["breaking state-cursor-key-renamed", "review state-before-start"],
        ),
        (
            "start_datetime that the config decides",
            day(),
            stream("", &CURSOR.replace("2020-01-01", "{{ config['since'] }}"), ""),
            O::Resumes,
            &[],
        ),
        ("the same, the old spelling listed", day(), stream("", listed, ""), O::Resumes, &[]),
        (
            "ISO text to epoch, not listed",
            day(),
            stream("", &cursor("%s"), ""),
            O::Fails,
            &["breaking state-datetime-format-changed"],
        ),
        (
            "epoch text to ISO, not listed",
            saved(json!({"updated": "1714521600"})),
            plain.clone(),
            O::Fails,
            &["breaking state-datetime-format-changed"],
        ),
        (
            "epoch number to ISO, not listed",
            saved(json!({"updated": 1_714_521_600})),
            plain.clone(),
            O::Fails,
            &["breaking state-datetime-format-changed"],
        ),
        (
            "epoch to ISO, listed",
            saved(json!({"updated": "1714521600"})),
            stream("", listed, ""),
            O::Resumes,
            &[],
        ),
        ("null", saved(json!({"updated": null})), plain.clone(), O::Fails, &["review state-cursor-null"]),
        (
            "an empty text",
            saved(json!({"updated": ""})),
            plain.clone(),
            O::Fails,
            &["review state-cursor-null"],
        ),
        ("simple to per-partition", day(), stream(LIST, CURSOR, ""), O::Resumes, &["safe state-partitioned"]),
        (
            "per-partition to simple",
            by_board(true),
            plain.clone(),
            O::ReadsAgain,
            &["breaking state-departitioned"],
        ),
        (
            "partition field renamed, a global position beside it",
            by_id([json!("a"), json!("b")], true),
            stream(LIST, CURSOR, ""),
            O::LosesData,
            &["breaking state-partition-key-renamed"],
        ),
        (
            "partition values change their JSON type, a global position beside them",
            by_id([json!(1), json!(2)], true),
            stream(&numbers, CURSOR, ""),
            O::LosesData,
            &["breaking state-partition-value-type-changed"],
        ),
        (
            "partition field renamed, no global position",
            by_id([json!("a"), json!("b")], false),
            stream(LIST, CURSOR, ""),
            O::ReadsAgain,
            &["breaking state-partition-key-renamed"],
        ),
        (
            "a global position to one per partition",
            saved(
                json!({"use_global_cursor": true, "state": {"updated": "2024-05-01"}, "lookback_window": 1}),
            ),
            stream(LIST, CURSOR, ""),
            O::Resumes,
            &[],
        ),
        (
            "one per partition to a global one",
            by_board(true),
            stream(LIST, &CURSOR.replace("{type", "{global_substream_cursor: true, type"), ""),
            O::Resumes,
            &[],
        ),
        (
            "per-partition, cursor field renamed",
            by_board(true),
            stream(LIST, &renamed, ""),
            O::ReadsAgain,
            &["breaking state-cursor-key-renamed"],
        ),
        (
            "a map by id without a migration",
            saved(json!({"a": {"updated": "2024-05-01"}, "b": {"updated": "2024-05-01"}})),
            stream(LIST, CURSOR, ""),
            O::ReadsAgain,
            &["breaking state-legacy-map-replaced"],
        ),
        (
            "slices to a sequential cursor",
            saved(
                json!({"state_type": "date-range", "slices": [{"start": "2020-01-01", "end": "2024-05-01"}]}),
            ),
            plain.clone(),
            O::Resumes,
            &["cosmetic state-slices-to-sequential"],
        ),
        (
            "the marker of a full refresh to incremental",
            saved(json!({"__ab_no_cursor_state_message": true})),
            plain.clone(),
            O::NothingSaved,
            &["safe state-full-refresh-to-incremental"],
        ),
        (
            "incremental to full refresh",
            day(),
            stream("", "", ""),
            O::ReadsAgain,
            &["breaking state-incremental-to-full-refresh"],
        ),
        (
            "an unknown key more",
            saved(json!({"updated": "2024-05-01", "old": "x"})),
            plain.clone(),
            O::Resumes,
            &[],
        ),
        (
            "the LEGACY envelope",
            message(json!([{"type": "LEGACY", "data": {"orders": {"updated": "2024-05-01"}}}])),
            plain.clone(),
            O::ReadsAgain,
            &["breaking state-envelope-legacy-to-stream"],
        ),
        (
            "the GLOBAL envelope with shared_state",
            message(
                json!([{"type": "GLOBAL", "global": {"shared_state": {}, "stream_states": [{"stream_descriptor": {"name": "orders"}, "stream_state": {"updated": "2024-05-01"}}]}}]),
            ),
            plain.clone(),
            O::Fails,
            &["breaking state-envelope-stream-global-switched"],
        ),
        (
            "the GLOBAL envelope without shared_state",
            message(
                json!([{"type": "GLOBAL", "global": {"stream_states": [{"stream_descriptor": {"name": "orders"}, "stream_state": {"updated": "2024-05-01"}}]}}]),
            ),
            plain.clone(),
            O::Resumes,
            &[],
        ),
        (
            "a namespace that the new stream does not have",
            message(
                json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "orders", "namespace": "shop"}, "stream_state": {"updated": "2024-05-01"}}}]),
            ),
            plain.clone(),
            O::ReadsAgain,
            &["breaking state-descriptor-namespace-changed"],
        ),
        // Low-code streams without a cursor keep no state on CDK 7: what is saved is not looked at.
        (
            "a position of a substream that becomes a full refresh",
            by_board(true),
            stream(LIST, "", ""),
            O::ReadsAgain,
            &["breaking state-incremental-to-full-refresh"],
        ),
    ];
    hold(rows);
}

/// LegacyToPerPartitionStateMigration is followed: what it leaves has to be what the new router looks for.
#[test]
fn the_legacy_migration_is_followed() {
    let map = || saved(json!({"7": {"updated": "2024-05-01"}, "8": {"updated": "2024-05-02"}}));
    let migration = ", state_migrations: [{type: LegacyToPerPartitionStateMigration}]";
    let boards = parent("boards", "", CURSOR);
    let texts = boards.replace("{id: {type: integer}}", "{id: {type: string}}");
    let union = |parent: &str| {
        format!(
            "{{type: UnionPartitionRouter, partition_field: board, partition_routers: [{}]}}",
            substream("id", "board", parent, "")
        )
    };
    let outcome = |router: &str, migration: &str| {
        let report = check(&map(), &of(&stream(router, CURSOR, migration)));
        let finding = report.findings.iter().find(|finding| finding.rule == "state-legacy-map-replaced");
        let finding = finding.unwrap_or_else(|| panic!("{:?}", report.findings)).clone();
        (ways(&report).0.outcome, finding.level, finding.migration.map(|migration| migration.credited))
    };
    let substream = substream("id", "board", &boards, "");
    assert_eq!(outcome(&substream, ""), (O::ReadsAgain, Level::Breaking, None));
    // A substream router's partitions have a parent_slice, and the migrated ones have none.
    assert_eq!(outcome(&substream, migration), (O::ReadsAgain, Level::Breaking, None));
    assert_eq!(outcome(&union(&texts), migration), (O::Resumes, Level::Safe, Some(true)));
    assert_eq!(outcome(&union(&texts), ""), (O::ReadsAgain, Level::Breaking, None));
    // A class of the connector may do it: nobody can tell.
    let custom =
        ", state_migrations: [{type: CustomStateMigration, class_name: source_x.components.Migrate}]";
    assert_eq!(outcome(&substream, custom), (O::Unknown, Level::Review, Some(false)));
}

/// States that look like one thing and are another.
#[test]
fn odd_states() {
    let plain = |format: &str| stream("", &cursor(format), "");
    let marked = || saved(json!({"__ab_no_cursor_state_message": true, "updated": "2024-05-27"}));
    let slices = |end: &str| {
        saved(json!({"state_type": "date-range", "slices": [{"start": "2024-01-01", "end": end}]}))
    };
    hold([
        (
            "a marker beside a position",
            marked(),
            plain("%s"),
            O::Fails,
            &["breaking state-datetime-format-changed"][..],
        ),
        ("the same, read", marked(), plain("%Y-%m-%d"), O::Resumes, &[]),
        (
            "slices in another format",
            slices("2024-05-01T00:00:00.000Z"),
            plain("%Y-%m-%d"),
            O::Fails,
            &["breaking state-datetime-format-changed"],
        ),
        ("a float for seconds", saved(json!({"updated": 1_714_521_600.5})), plain("%s"), O::Resumes, &[]),
        (
            "a count for seconds",
            saved(json!({"updated": 178})),
            plain("%s"),
            O::ReadsAgain,
            &["breaking state-misread"],
        ),
        ("no blob", saved(Value::Null), plain("%s"), O::NothingSaved, &[]),
        ("a list", saved(json!([1])), plain("%s"), O::ReadsAgain, &["breaking state-class-changed"]),
    ]);
    // A StateDelegatingStream saves the position of its incremental half, whatever its other half shows.
    let delegating = |format: &str| {
        let half = |cursor: &str| stream("", cursor, "");
        format!(
            "{{type: StateDelegatingStream, name: orders, full_refresh_stream: {}, incremental_stream: {}}}",
            half(""),
            half(&cursor(format))
        )
    };
    let (outcome, findings) = forward(&of(&delegating("%Y-%m-%d")), &of(&delegating("%s")));
    assert_eq!((outcome, findings), (O::Fails, vec!["breaking state-datetime-format-changed".to_owned()]));
    // Keys of old states may be people.
    let people = saved(json!({"alice@lantern.test": "2024-05-01", "bob1984@lantern.test": "2024-05-02"}));
    let report = check(&people, &of(&plain("%Y-%m-%d")));
    let printed = connector_diff::report::json(&connector_diff::report(vec![report]));
    assert!(!printed.contains("alice") && !printed.contains("1984"), "{printed}");
}

/// States of odd forms, met by a cursor per partition and by a plain one: each was started from with the CDK.
#[test]
fn what_a_cursor_looks_at() {
    use O::{Fails as F, NothingSaved as N, ReadsAgain as A, Resumes as R};
    let at = |more: Value| {
        let mut state = json!({"updated": "2024-05-01"});
        state.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
        state
    };
    let one = |state: Value| json!({"states": [state]});
    let range = |slices: Value| json!({"state_type": "date-range", "slices": slices});
    let rows = [
        // The position for all partitions, alone.
        (json!({"state": {"updated": "2024-05-01"}}), R, A),
        (json!({"state": {"updated": "2024-05-01"}, "parent_state": {}}), R, A),
        (json!({"use_global_cursor": true, "state": {"updated": null}}), F, A),
        (json!({"use_global_cursor": true, "state": {"updated": {}}}), F, A),
        (json!({"use_global_cursor": true, "state": {}}), N, N),
        (json!({"state": {"updated": "2024-05-01"}, "x": 1}), R, A),
        (json!({"use_global_cursor": false, "states": []}), N, N),
        (json!({"use_global_cursor": false, "states": [], "state": {"updated": "2024-05-01"}}), R, A),
        // What should be partitions.
        (one(json!({"partition": {"board": "a"}, "cursor": {"updated": "2024-05-01"}})), R, A),
        (one(json!({"partition": {"board": "a"}, "cursor": {"updated": {"x": 1}}})), F, A),
        (one(json!({"partition": {"board": "a"}})), F, A),
        (one(json!({"cursor": {"updated": "2024-05-01"}})), F, A),
        (one(json!({"partition": {"board": "a"}, "cursor": null})), F, A),
        (one(json!({})), F, A),
        (json!({"states": {"a": {"updated": "2024-05-01"}}}), F, A),
        (json!({"states": null}), F, A),
        // The field, whatever stands beside it.
        (at(json!({"use_global_cursor": false})), R, R),
        (json!({"use_global_cursor": false, "updated": "May"}), F, F),
        (json!({"use_global_cursor": false, "changed": "2024-05-01"}), A, A),
        (at(json!({"states": []})), A, R),
        (at(json!({"history": {"a": "b"}})), R, R),
        (at(json!({"version": 2, "state_type": "cursor_based"})), R, R),
        (at(json!({"__ab_full_refresh_sync_complete": true})), R, R),
        (at(json!({"a": 1, "b": 2, "c": 3, "d": [4]})), R, R),
        (at(json!({"a": {"updated": "2024-05-02"}})), R, R),
        (json!({"updated": {"a": "2024-05-01"}}), F, F),
        (json!({"updated": {"updated": "2024-05-01"}}), F, F),
        (json!({"updated": []}), F, F),
        (json!({"updated": {}}), F, F),
        (json!({"users": {}}), N, N),
        // Date ranges, which a plain cursor looks for first.
        (range(json!([{"start": "2020-01-01", "end": "2024-05-01"}])), A, R),
        (range(json!([])), A, F),
        (range(json!([{"end": "2024-05-01"}])), A, F),
        (range(json!({"a": 1})), A, F),
        (at(json!({"state_type": "date-range"})), R, F),
        (json!({"slices": [{"start": "2020-01-01", "end": "2024-05-01"}]}), A, A),
    ];
    let [partitioned, plain] = [LIST, ""].map(|router| of(&stream(router, CURSOR, "")));
    let wrong: Vec<String> = rows
        .into_iter()
        .filter_map(|(state, by_partition, whole)| {
            let old = saved(state.clone());
            let found = [&partitioned, &plain].map(|new| forward(&old, new).0);
            (found != [by_partition, whole])
                .then(|| format!("{state}: expected {by_partition:?} and {whole:?}, found {found:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
