//! What saved state does under another version, row by row: each row is a change, a state that the old version saved,
//! and what was seen when the Python CDK 7.39.1 started from it.

use std::collections::BTreeMap;
use std::fs;

use connector_diff::load::{Side, connector};
use connector_diff::model::{
    ConnectorReport, Evidence, Level, SavedState, StateEvidence, StateMeeting, StateOutcome as O,
};
use connector_diff::{Options, compare};
use serde_json::{Value, json};

/// The cursor of `orders`, unless a row says otherwise.
const CURSOR: &str = r#"{type: DatetimeBasedCursor, cursor_field: updated, datetime_format: "%Y-%m-%d", start_datetime: "2020-01-01"}"#;

/// The same with another format; its start stays a date.
fn cursor(format: &str) -> String {
    CURSOR.replace(r#""%Y-%m-%d""#, &format!("{format:?}")).replace(
        r#""2020-01-01""#,
        r#"{type: MinMaxDatetime, datetime: "2020-01-01", datetime_format: "%Y-%m-%d"}"#,
    )
}

/// A stream called `orders`; an empty router or cursor is none.
fn stream(router: &str, cursor: &str, more: &str) -> String {
    let field = |name: &str, value: &str| match value {
        "" => String::new(),
        value => format!(", {name}: {value}"),
    };
    format!(
        r#"{{type: DeclarativeStream, name: orders, retriever: {{type: SimpleRetriever, requester: {{type: HttpRequester, url_base: "https://lantern.test", path: orders}}, record_selector: {{type: RecordSelector, extractor: {{type: DpathExtractor, field_path: []}}}}{}}}, schema_loader: {{type: InlineSchemaLoader, schema: {{type: object, properties: {{id: {{type: integer}}}}}}}}{}{more}}}"#,
        field("partition_router", router),
        field("incremental_sync", cursor),
    )
}

fn manifest(stream: &str) -> String {
    format!(
        "version: 7.39.1\ntype: DeclarativeSource\ncheck: {{type: CheckStream, stream_names: [orders]}}\nstreams:\n  - {stream}\n"
    )
}

/// A router over one parent.
fn substream(key: &str, field: &str, parent: &str, more: &str) -> String {
    format!(
        "{{type: SubstreamPartitionRouter, parent_stream_configs: [{{type: ParentStreamConfig, parent_key: {key}, partition_field: {field}, stream: {parent}{more}}}]}}"
    )
}

fn parent(name: &str, router: &str, cursor: &str) -> String {
    stream(router, cursor, "").replace("name: orders", &format!("name: {name}"))
}

const LIST: &str = "{type: ListPartitionRouter, cursor_field: board, values: [a, b]}";

/// What one side has.
#[derive(Default, Clone)]
struct Given {
    manifest: Option<String>,
    state: Option<Value>,
}

fn of(stream: &str) -> Given {
    Given { manifest: Some(manifest(stream)), state: None }
}

/// State of `orders` in a message of its own.
fn saved(state: Value) -> Given {
    message(
        json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "orders"}, "stream_state": state}}]),
    )
}

fn message(state: Value) -> Given {
    Given { manifest: None, state: Some(state) }
}

fn check(old: &Given, new: &Given) -> ConnectorReport {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let side = |name: &str, given: &Given| {
        let path = folder.path().join(name);
        fs::create_dir_all(&path).expect("a temporary folder");
        if let Some(manifest) = &given.manifest {
            fs::write(path.join("manifest.yaml"), manifest).expect("a temporary file");
        }
        if let Some(state) = &given.state {
            fs::write(path.join("state.json"), state.to_string()).expect("a temporary file");
        }
        connector(&Side { path, ..Side::default() })
    };
    compare(&side("old", old), &side("new", new), &Options::default())
}

fn ways(report: &ConnectorReport) -> (StateMeeting, StateMeeting) {
    let state =
        report.states.iter().find(|state| state.stream.name == "orders").unwrap_or_else(|| {
            panic!("no state of orders in {:?}; errors {:?}", report.states, report.errors)
        });
    (state.forward.clone(), state.back.clone())
}

fn forward(old: &Given, new: &Given) -> (O, Vec<String>) {
    let report = check(old, new);
    assert!(report.errors.is_empty(), "{:?}", report.errors);
    let findings = report
        .findings
        .iter()
        .filter(|finding| finding.rule.starts_with("state-"))
        .map(|finding| format!("{} {}", finding.level.name(), finding.rule))
        .collect();
    (ways(&report).0.outcome, findings)
}

/// All rows are tried, so that a failure shows the whole of it.
fn hold<'r>(rows: impl IntoIterator<Item = (&'r str, Given, String, O, &'r [&'r str])>) {
    let mut wrong = Vec::new();
    for (change, old, new, outcome, findings) in rows {
        let found = forward(&old, &of(&new));
        if found.0 != outcome || found.1 != findings {
            wrong.push(format!("{change}: expected {outcome:?} {findings:?}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn partitions(key: &str, values: [Value; 2], cursor: &str, global: bool) -> Value {
    let states: Vec<Value> = values
        .iter()
        .map(|value| json!({"partition": {key: value}, "cursor": {cursor: "2024-05-01"}}))
        .collect();
    let mut state = json!({"use_global_cursor": false, "states": states, "lookback_window": 1});
    if global {
        state["state"] = json!({cursor: "2024-05-01"});
    }
    state
}

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

/// What the old manifest would have saved, met by the new one.
#[test]
fn manifests_alone() {
    let plain = stream("", CURSOR, "");
    let boards = parent("boards", "", CURSOR);
    let by_parent = |key: &str, field: &str| substream(key, field, &boards, "");
    let dependent = |parent: &str| substream("id", "board", parent, ", incremental_dependency: true");
    let seconds = parent("boards", "", &cursor("%s"));
    let counted = "{type: IncrementingCountCursor, cursor_field: updated, start_value: 0}";
    let two = format!("[{LIST}, {}]", LIST.replace("board", "shelf"));
    let grouped =
        format!("{{type: GroupingPartitionRouter, group_size: 2, underlying_partition_router: {LIST}}}");
    let three = grouped.replace("[a, b]", "[a, b, c]");
    let delayed = CURSOR.replace(
        "start_datetime",
        "lookback_window: P3D, step: P1D, cursor_granularity: P1D, start_datetime",
    );
    let with = |router: &str| stream(router, CURSOR, "");
    const LOST: &[&str] = &["breaking state-partition-key-renamed"];
    let rows: Vec<(&str, String, String, O, &[&str])> = vec![
        (
            "cursor field renamed",
            plain.clone(),
            stream("", &CURSOR.replace("cursor_field: updated", "cursor_field: changed"), ""),
            O::ReadsAgain,
            &[],
        ),
        (
            "groups of another size, in a list of routers",
            with(&format!("[{three}]")),
            with(&format!("[{}]", three.replace("group_size: 2", "group_size: 3"))),
            O::LosesData,
            LOST,
        ),
        (
            "groups of other values, in a list of routers",
            with(&format!("[{three}]")),
            with(&format!("[{}]", three.replace("[a, b, c]", "[z, a, b, c]"))),
            O::LosesData,
            LOST,
        ),
        (
            "groups in another order, in a list of routers",
            with(&format!("[{three}]")),
            with(&format!("[{}]", three.replace("[a, b, c]", "[b, c, a]"))),
            O::LosesData,
            LOST,
        ),
        (
            "another size that makes the same group",
            with(&format!("[{grouped}]")),
            with(&format!("[{}]", grouped.replace("group_size: 2", "group_size: 3"))),
            O::Resumes,
            &[],
        ),
        (
            "a group whose values are gone",
            with(&format!("[{}]", three.replace("group_size: 2", "group_size: 1"))),
            with(&format!(
                "[{}]",
                three.replace("group_size: 2", "group_size: 1").replace("[a, b, c]", "[a, c]")
            )),
            O::Resumes,
            &[],
        ),
        (
            "one group more",
            with(&format!("[{grouped}]")),
            with(&format!("[{}]", grouped.replace("[a, b]", "[a, b, c]"))),
            O::Resumes,
            &["review state-partition-values-changed"],
        ),
        (
            "groups of another size, under one position",
            with(&grouped),
            with(&grouped.replace("group_size: 2", "group_size: 3")),
            O::Resumes,
            &[],
        ),
        (
            "a group in a list becomes the router",
            with(&format!("[{grouped}]")),
            with(&grouped),
            O::Resumes,
            &[],
        ),
        (
            "incremental syncs removed, and a parent that reads another format",
            with(&dependent(&boards)),
            stream(&dependent(&seconds), "", ""),
            O::Fails,
            &["breaking state-datetime-format-changed"],
        ),
        (
            "incremental syncs removed, the parent as it was",
            with(&dependent(&boards)),
            stream(&dependent(&boards), "", ""),
            O::ReadsAgain,
            &[],
        ),
        (
            "format changed, old one not listed",
            plain.clone(),
            stream("", &cursor("%Y-%m-%dT%H:%M:%SZ"), ""),
            O::Fails,
            &["breaking state-datetime-format-changed"],
        ),
        (
            "%s to %ms",
            stream("", &cursor("%s"), ""),
            stream("", &cursor("%ms"), ""),
            O::ReadsAgain,
            &["breaking state-misread"],
        ),
        (
            "%Y%m%d to an epoch",
            stream("", &cursor("%Y%m%d"), ""),
            stream("", &cursor("%s"), ""),
            O::ReadsAgain,
            &["breaking state-misread"],
        ),
        (
            "%ms to %s",
            stream("", &cursor("%ms"), ""),
            stream("", &cursor("%s"), ""),
            O::Fails,
            &["breaking state-datetime-format-changed"],
        ),
        (
            "Z to %z",
            stream("", &cursor("%Y-%m-%dT%H:%M:%SZ"), ""),
            stream("", &cursor("%Y-%m-%dT%H:%M:%S%z"), ""),
            O::Resumes,
            &[],
        ),
        (
            "%z to Z",
            stream("", &cursor("%Y-%m-%dT%H:%M:%S%z"), ""),
            stream("", &cursor("%Y-%m-%dT%H:%M:%SZ"), ""),
            O::Fails,
            &["breaking state-datetime-format-changed"],
        ),
        (
            "%S to %S.%f",
            stream("", &cursor("%Y-%m-%dT%H:%M:%S"), ""),
            stream("", &cursor("%Y-%m-%dT%H:%M:%S.%f"), ""),
            O::Fails,
            &["breaking state-datetime-format-changed"],
        ),
        (
            "%d/%m to %m/%d",
            stream("", &cursor("%d/%m/%Y"), ""),
            stream("", &cursor("%m/%d/%Y"), ""),
            O::Unknown,
            &["review state-datetime-format-changed"],
        ),
        ("lookback, step, granularity", plain.clone(), stream("", &delayed, ""), O::Resumes, &[]),
        ("a list router added", plain.clone(), with(LIST), O::Resumes, &["safe state-partitioned"]),
        (
            "a substream router added",
            plain.clone(),
            with(&by_parent("id", "board")),
            O::Resumes,
            &["safe state-partitioned"],
        ),
        ("a router removed", with(LIST), plain.clone(), O::ReadsAgain, &["breaking state-departitioned"]),
        (
            "partition field renamed",
            with(&by_parent("id", "board")),
            with(&by_parent("id", "shelf")),
            O::LosesData,
            LOST,
        ),
        ("a second router added", with(LIST), with(&two), O::LosesData, LOST),
        ("a list to a substream", with(LIST), with(&by_parent("id", "board")), O::LosesData, LOST),
        (
            "parent_key changed",
            with(&by_parent("id", "board")),
            with(&by_parent("slug", "board")),
            O::LosesData,
            LOST,
        ),
        ("grouping added", with(LIST), with(&grouped), O::LosesData, LOST),
        (
            "the parent gains a router",
            with(&by_parent("id", "board")),
            with(&substream("id", "board", &parent("boards", LIST, CURSOR), "")),
            O::LosesData,
            LOST,
        ),
        (
            "the parent loses a router",
            with(&substream("id", "board", &parent("boards", LIST, CURSOR), "")),
            with(&by_parent("id", "board")),
            O::LosesData,
            LOST,
        ),
        (
            "list values added",
            with(LIST),
            with(&LIST.replace("[a, b]", "[a, b, c]")),
            O::Resumes,
            &["review state-partition-values-changed"],
        ),
        ("list values removed", with(LIST), with(&LIST.replace("[a, b]", "[a]")), O::Resumes, &[]),
        (
            "global_substream_cursor set",
            with(LIST),
            stream(LIST, &CURSOR.replace("{type", "{global_substream_cursor: true, type"), ""),
            O::Resumes,
            &[],
        ),
        (
            "global_substream_cursor unset",
            stream(LIST, &CURSOR.replace("{type", "{global_substream_cursor: true, type"), ""),
            with(LIST),
            O::Resumes,
            &[],
        ),
        (
            "a count to a datetime",
            stream("", counted, ""),
            plain.clone(),
            O::Fails,
            &["breaking state-cursor-value-type-changed"],
        ),
        (
            "a datetime to a count",
            plain.clone(),
            stream("", counted, ""),
            O::Fails,
            &["breaking state-cursor-value-type-changed"],
        ),
        ("incremental_sync removed", plain.clone(), stream("", "", ""), O::ReadsAgain, &[]),
        ("incremental_sync added", stream("", "", ""), plain.clone(), O::NothingSaved, &[]),
        (
            "parent renamed, its position kept",
            with(&dependent(&boards)),
            with(&dependent(&parent("all_boards", "", CURSOR))),
            O::LosesData,
            &["review state-parent-renamed"],
        ),
        (
            "parent renamed, no position kept",
            with(&by_parent("id", "board")),
            with(&substream("id", "board", &parent("all_boards", "", CURSOR), "")),
            O::Resumes,
            &[],
        ),
        (
            "the parent's cursor field changed",
            with(&dependent(&boards)),
            with(&dependent(&boards.replace("cursor_field: updated", "cursor_field: changed"))),
            O::Resumes,
            &["review state-parent-removed"],
        ),
        (
            "the parent's format changed",
            with(&dependent(&boards)),
            with(&dependent(&seconds)),
            O::Fails,
            &["breaking state-datetime-format-changed"],
        ),
        (
            "the dependency dropped",
            with(&dependent(&boards)),
            with(&by_parent("id", "board")),
            O::Resumes,
            &["review state-parent-removed"],
        ),
        (
            "a dependency added",
            with(&by_parent("id", "board")),
            with(&dependent(&boards)),
            O::Resumes,
            &["safe state-parent-added"],
        ),
        (
            "a dependency added whose parent reads another format",
            with(&by_parent("id", "board")),
            with(&dependent(&seconds)),
            O::Fails,
            &["breaking state-datetime-format-changed"],
        ),
    ];
    hold(
        rows.into_iter()
            .map(|(change, old, new, outcome, findings)| (change, of(&old), new, outcome, findings)),
    );
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

/// A class of the connector lowers a break to a question, and is named.
#[test]
fn a_custom_migration_is_named() {
    let custom =
        ", state_migrations: [{type: CustomStateMigration, class_name: source_x.components.Migrate}]";
    let report = check(&of(&stream(LIST, CURSOR, "")), &of(&stream("", CURSOR, custom)));
    let finding =
        report.findings.iter().find(|finding| finding.rule == "state-departitioned").expect("a finding");
    assert_eq!(finding.level, Level::Review);
    assert!(finding.effect.contains("source_x.components.Migrate"), "{}", finding.effect);
    assert!(ways(&report).0.why.contains("source_x.components.Migrate"));
    // The other way it is gone, which is a question of its own.
    let report = check(&of(&stream("", CURSOR, custom)), &of(&stream("", CURSOR, "")));
    assert!(report.findings.iter().any(|finding| finding.rule == "state-migration-dropped"));
}

/// The schemas of the parents declare the values that partitions are told apart by.
#[test]
fn a_retyped_parent_key_reaches_its_substreams() {
    for listed in ["  - {$ref: \"#/definitions/boards\"}\n", ""] {
        retyped(listed);
    }
}

/// `listed` is the parent's entry among the streams.
fn retyped(listed: &str) {
    let document = |kind: &str| {
        let boards =
            parent("boards", "", "").replace("{id: {type: integer}}", &format!("{{id: {{type: {kind}}}}}"));
        let orders = stream(&substream("id", "board", "\"#/definitions/boards\"", ""), CURSOR, "")
            .replace("\"#/definitions/boards\"", "{$ref: \"#/definitions/boards\"}");
        Given {
            manifest: Some(format!(
                "version: 7.39.1\ntype: DeclarativeSource\ncheck: {{type: CheckStream, stream_names: [orders]}}\ndefinitions:\n  boards: {boards}\nstreams:\n{listed}  - {orders}\n"
            )),
            state: None,
        }
    };
    let (outcome, findings) = forward(&document("integer"), &document("string"));
    assert_eq!(
        (outcome, findings),
        (O::Unknown, vec!["review state-partition-value-type-changed".to_owned()])
    );
    assert_eq!(forward(&document("integer"), &document("number")), (O::Resumes, Vec::new()));
}

/// A sample beside the version that saved it, met by the next one.
#[test]
fn a_sample_is_read_as_its_own_version_reads_it() {
    let given = |cursor: &str, state: &Value| Given {
        state: saved(state.clone()).state,
        ..of(&stream(LIST, cursor, ""))
    };
    let boards = |a: &str, b: &str| {
        json!({"use_global_cursor": false, "lookback_window": 0, "state": {"updated": b}, "states": [
            {"partition": {"board": "a"}, "cursor": {"updated": a}},
            {"partition": {"board": "b"}, "cursor": {"updated": b}},
        ]})
    };
    // A position before the old start was moved there; one after it is moved by the new start.
    let later = |start: &str| CURSOR.replace("2020-01-01", start);
    let old = given(&later("2021-09-09"), &boards("2021-01-01", "2022-01-01"));
    let next = |start: &str| forward(&old, &of(&stream(LIST, &later(start), "")));
    assert_eq!(next("2023-01-01"), (O::LosesData, vec!["review state-before-start".to_owned()]));
    assert_eq!(next("2021-09-09"), (O::Resumes, Vec::new()));
    assert_eq!(next("2020-09-09"), (O::Resumes, Vec::new()));
    // A format that is not known here reads what was written in it.
    let days = cursor("%Y %j");
    let old = given(&days, &boards("2021 095", "2024 062"));
    let in_list = |cursor: &str| forward(&old, &of(&stream(&format!("[{LIST}]"), cursor, "")));
    assert_eq!(in_list(&days), (O::Resumes, Vec::new()));
    assert_eq!(in_list(&days.replace("2020-01-01", "2023-01-01")).0, O::Unknown);
    // Of several messages in one file the last is what was saved.
    let message = |date: &str| json!({"type": "STREAM", "stream": {"stream_descriptor": {"name": "orders"}, "stream_state": {"updated": date}}});
    let twice = |first: &str, last: &str| Given {
        manifest: None,
        state: Some(json!([message(first), message(last)])),
    };
    let plain = of(&stream("", &later("2023-01-01"), ""));
    assert_eq!(forward(&twice("2021-01-01", "2024-01-01"), &plain).0, O::Resumes);
    assert_eq!(forward(&twice("2024-01-01", "2021-01-01"), &plain).0, O::LosesData);
    // Of several files the place is in that which shows it.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("new")).expect("a temporary folder");
    for (name, date) in [("a_state.json", "2024-01-01"), ("b_state.json", "2021-01-01")] {
        fs::create_dir_all(path("old")).expect("a temporary folder");
        fs::write(path("old").join(name), json!([message(date)]).to_string()).expect("a temporary file");
    }
    fs::write(path("new").join("manifest.yaml"), plain.manifest.clone().expect("a manifest"))
        .expect("a temporary file");
    let side = |name: &str| connector(&Side { path: path(name), ..Side::default() });
    let report = compare(&side("old"), &side("new"), &Options::default());
    let found = report.findings.iter().find(|one| one.rule == "state-before-start").expect("a finding");
    assert_eq!(found.origin.old.as_ref().map(|origin| origin.file.as_str()), Some("b_state.json"));
    // Part of a union is gone, and what is left is found.
    let shops = parent("shops", "", "");
    let union = format!(
        "{{type: UnionPartitionRouter, partition_field: board, partition_routers: [{LIST}, {}]}}",
        substream("id", "board", &shops, "")
    );
    let state = json!({"use_global_cursor": false, "state": {"updated": "2024-01-01"}, "states": [
        {"partition": {"board": "a"}, "cursor": {"updated": "2021-01-01"}},
        {"partition": {"board": 1}, "cursor": {"updated": "2022-01-01"}},
    ]});
    let old = Given { state: saved(state).state, ..of(&stream(&union, CURSOR, "")) };
    let found = forward(&old, &of(&stream(LIST, CURSOR, "")));
    assert_eq!(found, (O::Unknown, vec!["review state-partition-value-type-changed".to_owned()]));
    // What a full refresh hands on to a parent that starts later.
    let dependent = |start: &str| {
        substream("id", "board", &parent("shops", "", &later(start)), ", incremental_dependency: true")
    };
    let state = json!({"use_global_cursor": false, "state": {"updated": "2024-01-01"},
        "states": [{"partition": {"board": 1, "parent_slice": {}}, "cursor": {"updated": "2024-01-01"}}],
        "parent_state": {"shops": {"updated": "2023-05-06"}}});
    let old = Given { state: saved(state).state, ..of(&stream(&dependent("2020-01-01"), CURSOR, "")) };
    let found = forward(&old, &of(&stream(&dependent("2023-12-01"), "", "")));
    let both = ["breaking state-incremental-to-full-refresh", "review state-before-start"];
    assert_eq!(found, (O::LosesData, both.map(str::to_owned).to_vec()));
}

/// The same run with the sides swapped: what a rollback does.
#[test]
fn the_way_back_is_told() {
    let spec =
        r#"spec: {type: Spec, connection_specification: {type: object, properties: {key: {type: string}}}}"#;
    let with_spec = |stream: &str| {
        let mut given = of(stream);
        given.manifest = given.manifest.map(|text| format!("{text}{spec}\n"));
        given
    };
    let back = |old: &str, new: &str| {
        let report = check(&with_spec(old), &with_spec(new));
        (ways(&report).1.outcome, report.verdict.rollback_safe)
    };
    let plain = stream("", CURSOR, "");
    assert_eq!(back(&plain, &plain), (O::Resumes, Some(true)));
    // Forward the one position starts every partition; back again nobody looks at partitions.
    assert_eq!(back(&plain, &stream(LIST, CURSOR, "")), (O::ReadsAgain, Some(false)));
    let listed = r#"{type: DatetimeBasedCursor, cursor_field: updated, datetime_format: "%s", cursor_datetime_formats: ["%Y-%m-%d"], start_datetime: "0"}"#;
    assert_eq!(back(&plain, &stream("", listed, "")), (O::Fails, Some(false)));
    // A full refresh saves nothing that an incremental sync goes on from, and the reverse is as it was.
    assert_eq!(back(&plain, &stream("", "", "")), (O::ReadsAgain, Some(false)));
    assert_eq!(back(&stream("", "", ""), &plain), (O::NothingSaved, Some(true)));
    let custom =
        "{type: CustomIncrementalSync, class_name: source_x.components.Cursor, cursor_field: updated}";
    assert_eq!(back(&stream("", custom, ""), &stream("", custom, "")), (O::Unknown, None));
}

/// A sample, two samples, or the manifests alone: the report says which.
#[test]
fn the_evidence_is_named() {
    let evidence = |old: &Given, new: &Given| ways(&check(old, new)).0.evidence;
    let plain = stream("", CURSOR, "");
    let day = || saved(json!({"updated": "2024-05-01"}));
    assert_eq!(evidence(&day(), &of(&plain)), StateEvidence::Replay);
    assert_eq!(evidence(&day(), &day()), StateEvidence::Samples);
    assert_eq!(evidence(&of(&plain), &of(&plain)), StateEvidence::Manifests);
    assert_eq!(evidence(&of(&plain), &Given { state: day().state, ..of(&plain) }), StateEvidence::Manifests);
    assert_eq!(evidence(&Given { state: day().state, ..of(&plain) }, &of(&plain)), StateEvidence::Replay);
}

/// Values may be secrets: they are printed where they are asked for, and nowhere else.
#[test]
fn saved_values_are_shown_on_demand_only() {
    let old = saved(json!({"updated": "hunter2-2024", "token": "hunter2-token"}));
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("state.json"), old.state.expect("a state").to_string()).expect("a file");
    fs::create_dir_all(folder.path().join("new")).expect("a folder");
    fs::write(folder.path().join("new/manifest.yaml"), manifest(&stream("", CURSOR, ""))).expect("a file");
    let load = |name: &str| connector(&Side { path: folder.path().join(name), ..Side::default() });
    let (old, new) = (load("state.json"), load("new"));
    let printed = |show_values| {
        let report = compare(&old, &new, &Options { show_values, ..Options::default() });
        let finding = &report.findings[0];
        assert_eq!(finding.rule, "state-datetime-format-changed");
        assert!(matches!(finding.evidence, Evidence::Sample { .. }));
        connector_diff::report::json(&connector_diff::report(vec![report]))
    };
    assert!(!printed(false).contains("hunter2"));
    assert!(printed(true).contains("hunter2-2024"));
    assert!(!printed(true).contains("hunter2-token"));
}

/// Any number of partitions and of samples says what one says.
#[test]
fn the_number_and_order_of_partitions_do_not_matter() {
    let many = |count: usize, reverse: bool| {
        let mut states: Vec<Value> = (0..count)
            .map(|id| json!({"partition": {"board": "a", "n": id.to_string()}, "cursor": {"updated": "2024-05-01"}}))
            .collect();
        if reverse {
            states.reverse();
        }
        saved(json!({"states": states, "state": {"updated": "2024-05-01"}}))
    };
    let new = of(&stream(LIST, CURSOR, ""));
    let told = |old: &Given| {
        let report = check(old, &new);
        (report.states.clone(), report.findings.iter().map(|finding| finding.id.clone()).collect::<Vec<_>>())
    };
    let one = told(&many(1, false));
    assert_eq!(told(&many(500, false)), one);
    assert_eq!(told(&many(500, true)), one);
}

/// The streams of a file of state, each with what is kept of its state.
fn shapes(text: &str) -> Vec<(String, SavedState)> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("state.json");
    fs::write(&path, text).expect("a temporary file");
    let side = connector(&Side { path, ..Side::default() });
    assert!(side.errors.is_empty(), "{text}: {:?}", side.errors);
    let messages = side.states.iter().flat_map(|sample| &sample.messages);
    let states = messages.flat_map(|message| message.streams());
    states.map(|state| (state.id.name.clone(), state.saved.clone())).collect()
}

/// The shapes that samples are taken for.
#[test]
fn classes_of_state() {
    let class = |state: Value| shapes(&saved(state).state.expect("a state").to_string())[0].1.class.name();
    let table: BTreeMap<&str, Value> = BTreeMap::from([
        ("nothing", json!({})),
        ("one position", json!({"updated": "2024-05-01"})),
        ("one position per partition", json!({"states": []})),
        ("one position for all partitions", json!({"use_global_cursor": true, "state": {"updated": "x"}})),
        ("date ranges", json!({"state_type": "date-range", "slices": []})),
        ("the next page of a full refresh", json!({"next_page_token": 3})),
        ("a history of files", json!({"history": {"a.csv": "2024-05-01T00:00:00.000000Z"}})),
        ("a database position", json!({"version": 2, "state_type": "cursor_based", "cursor": "7"})),
        ("a map by partition id", json!({"7": {"updated": "2024-05-01"}})),
        ("a form of its own", json!({"a": [1], "b": 2})),
    ]);
    for (name, state) in table {
        assert_eq!(class(state.clone()), name, "{state}");
    }
    for marker in ["__ab_full_refresh_sync_complete", "__ab_no_cursor_state_message"] {
        assert_eq!(class(json!({marker: true})), "a full refresh marker");
    }
}

/// Accidents that state would have shown, re-told from what was published of them.
#[test]
fn accidents() {
    let told = |old: &Given, new: &Given| {
        let report = check(old, new);
        let findings: Vec<String> = report
            .findings
            .iter()
            .filter(|finding| finding.rule.starts_with("state-"))
            .map(|finding| format!("{} {}", finding.level.name(), finding.rule))
            .collect();
        (ways(&report), findings.join(", "))
    };
    let router = substream("id", "form", &parent("forms", "", ""), "");
    let low_code = of(&stream(&router, CURSOR, ""));

    // source-typeform 1.1.0: a rewrite in low-code, whose Python kept the positions of responses by form.
    let by_form = saved(json!({"u6nXL7": {"updated": "2024-05-01"}, "k9xNV4": {"updated": "2024-05-02"}}));
    let (typeform, findings) = told(&by_form, &low_code);
    assert_eq!(findings, "breaking state-legacy-map-replaced");
    assert_eq!(typeform.0.outcome, O::ReadsAgain);

    // source-postgres 0.4.19: timestamps are recognised, and the cursor is written in another form.
    let row = |cursor: &str| {
        message(
            json!({"cdc": false, "streams": [{"stream_name": "orders", "cursor_field": ["updated_at"], "cursor": cursor}]}),
        )
    };
    let (_, findings) = told(&row("2022-06-09 10:00:00"), &row("2022-06-09T10:00:00.000000"));
    assert_eq!(findings, "review state-cursor-format-changed");

    // The CDK's migration to partitions once wrote another key than the router looks for.
    let (_, findings) = told(
        &saved(partitions("id", [json!("1"), json!("2")], "updated", false)),
        &saved(partitions("parent_id", [json!("1"), json!("2")], "updated", false)),
    );
    assert_eq!(findings, "breaking state-partition-key-renamed");

    // source-jira 2.0.1: positions per issue; on the CDK of that time a single one failed for want of `states`.
    let one = saved(json!({"updated": "2024-05-01"}));
    let (jira, findings) = told(&one, &saved(partitions("id", [json!("1"), json!("2")], "updated", true)));
    assert_eq!(findings, "review state-partitioned");
    assert_eq!(jira.0.evidence, StateEvidence::Samples);

    // The same by its manifests: the new state is readable forwards only.
    let (jira, findings) = told(&of(&stream("", CURSOR, "")), &low_code);
    assert_eq!(findings, "safe state-partitioned");
    assert_eq!((jira.0.outcome, jira.1.outcome), (O::Resumes, O::ReadsAgain));

    // source-zendesk-support, tags: another pagination, and another token to stop at.
    let (_, findings) =
        told(&saved(json!({"next_page_token": 3})), &saved(json!({"next_page_token": "b64"})));
    assert_eq!(findings, "breaking state-cursor-value-type-changed");

    // source-stripe, refunds: the cursor is another field.
    let (_, findings) =
        told(&saved(json!({"created": 1_714_521_600})), &saved(json!({"updated": 1_714_521_600})));
    assert_eq!(findings, "breaking state-cursor-key-renamed");
}

/// A sample that shows nothing new takes nothing away from what the manifests show.
#[test]
fn a_sample_never_hides_what_manifests_show() {
    let old = stream("", CURSOR, "");
    let new = stream("", &cursor("%Y-%m-%dT%H:%M:%SZ"), "");
    for state in [json!({"updated": null}), Value::Null, json!({}), json!({"updated": "x"}), json!([1])] {
        let report = check(&Given { state: saved(state.clone()).state, ..of(&old) }, &of(&new));
        assert!(
            report.findings.iter().any(|finding| finding.rule == "state-datetime-format-changed"),
            "{state}: {:?}",
            report.findings
        );
        assert_eq!(ways(&report).0.outcome, O::Fails, "{state}");
    }
    // Which key of the parent the values come from shows in no sample.
    let boards = parent("boards", "", "");
    let by = |key: &str| stream(&substream(key, "board", &boards, ""), CURSOR, "");
    let states =
        json!([{"partition": {"board": "a", "parent_slice": {}}, "cursor": {"updated": "2024-05-01"}}]);
    let sample = saved(json!({"states": states, "state": {"updated": "2024-05-01"}}));
    let report = check(&Given { state: sample.state, ..of(&by("id")) }, &of(&by("slug")));
    assert_eq!(ways(&report).0.outcome, O::LosesData);
    // Samples of both sides show what the code makes of the same manifest.
    let with = |value: Value| {
        let state = saved(partitions("board", [value.clone(), value], "updated", true)).state;
        Given { state, ..of(&stream(LIST, CURSOR, "")) }
    };
    let report = check(&with(json!(1)), &with(json!("1")));
    assert_eq!(ways(&report).0.outcome, O::LosesData, "{:?}", report.states);
    // A sample of another version is no news.
    let global = message(json!([{"type": "GLOBAL", "global": {"shared_state": {}, "stream_states": []}}]));
    let report = check(&Given { state: global.state, ..of(&old) }, &of(&old));
    assert!(report.findings.is_empty(), "{:?}", report.findings);
}

/// Airbyte's API and web page write state in their own way.
#[test]
fn state_as_the_api_prints_it() {
    let plain = of(&stream("", CURSOR, ""));
    let streams = json!([{"streamDescriptor": {"name": "orders"}, "streamState": {"changed": "2024-05-01"}}]);
    let connection = json!({"connectionId": "7", "stateType": "stream", "streamState": streams});
    for state in [streams.clone(), connection] {
        let found = forward(&message(state), &plain);
        assert_eq!(found, (O::ReadsAgain, vec!["breaking state-cursor-key-renamed".to_owned()]));
    }
    let global =
        json!({"stateType": "global", "globalState": {"sharedState": {"lsn": 1}, "streamStates": streams}});
    assert_eq!(forward(&message(global), &plain).1, ["breaking state-envelope-stream-global-switched"]);
}

/// What is wrong with a file of state is said, with its line.
#[test]
fn errors_of_state_files() {
    let error = |text: &str| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("state.json");
        fs::write(&path, text).expect("a file");
        let errors = connector(&Side { path, ..Side::default() }).errors;
        errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    for (text, said) in [
        ("", "empty"),
        (
            "[\n{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"a\"}}},\n7]",
            ":3: state message 2: expected an object with the key type, found a number",
        ),
        (
            "[{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"nme\":\"a\"}}}]",
            "stream_descriptor.name, found none",
        ),
        ("{\"type\":\"LEGACY\"}", "expected an object under data"),
        ("{\"stateType\":\"stream\",\"streamState\":\"hunter2\"}", "expected a list of states, found a text"),
        (
            "[{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"a\"}}},\n{\"orders\":{\"at\":1}}]",
            ":2: state message 2",
        ),
        ("{\"type\":\"GLOBAL\",\"global\":7}", "expected an object with stream_states, found a number"),
        (
            "{\"type\":\"GLOBAL\",\"global\":{\"stream_states\":{}}}",
            "expected an object with stream_states, found something else under that key",
        ),
        (
            "[{\"type\":\"GLOBAL\",\"global\":{\"stream_states\":[{\"stream_state\":{}}]}}]",
            "found none in one",
        ),
        (
            "[\n{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"a\"},\"stream_state\":{\"states\":[{\"partition\":{\"\\ud800\":1}}]}}}]",
            ":2: state message 1: expected a state of the stream a, found a text with half a character",
        ),
        ("{\"a\": {\"\\ud800\": 1}}", "expected a state of the stream a, found a text with half a character"),
        ("[{\"type\":\"STREAM\",\n\"stream\":{\"\\ud800\":1}}]", ":2: expected a whole character"),
        ("{\"stateType\":\"stream\",\n\"streamState\":[{\"\\ud800\":1}]}", ":2: expected a whole character"),
        ("{\"type\":\"STREAM\",\n\"stream\": 7,,}", ":2: not JSON"),
        ("{\"b\": {},\n\"a\": {\"\\ud800\": 1}}", ":2: expected a state of the stream a"),
    ] {
        assert!(error(text).contains(said) && !error(text).contains("hunter2"), "{text}: {}", error(text));
    }
}

/// Parents, and their parents, as the CDK was seen to start them: each row ran on it.
#[test]
fn parents_start_where_the_cdk_starts_them() {
    let with = |router: &str| stream(router, CURSOR, "");
    let dependent =
        |parent: &str, field: &str| substream("id", field, parent, ", incremental_dependency: true");
    let days = parent("pa", "", CURSOR);
    let seconds = parent("pa", "", &cursor("%s"));
    let list = |router: &str| format!("[{router}]");
    let grand = |ga: &str| dependent(ga, "gid");
    let below = |ga: &str| dependent(&parent("pa", &grand(ga), CURSOR), "pid");
    let ga = |format: &str| parent("ga", "", &cursor(format));
    let renamed_key =
        parent("pa", "", &cursor("%s").replace("cursor_field: updated", "cursor_field: changed"));
    let two = |first: &str, second: &str, router: &str| {
        let config = |key: &str, name: &str, field: &str, router: &str| {
            format!(
                "{{type: ParentStreamConfig, parent_key: {key}, partition_field: {field}, stream: {}}}",
                parent(name, router, "")
            )
        };
        format!(
            "{{type: SubstreamPartitionRouter, parent_stream_configs: [{}, {}]}}",
            config(first, "pa", "pid", ""),
            config(second, "pb", "pid", router)
        )
    };
    const FAILS: &[&str] = &["breaking state-datetime-format-changed"];
    const LOST: &[&str] = &["breaking state-partition-key-renamed"];
    let rows: Vec<(&str, String, String, O, &[&str])> = vec![
        (
            "a list of routers seeds its parents all the same",
            with(&list(&dependent(&days, "pid"))),
            with(&list(&dependent(&seconds, "pid"))),
            O::Fails,
            FAILS,
        ),
        (
            "one value and a parent without a cursor",
            stream("", CURSOR, ""),
            with(&dependent(&parent("pa", "", ""), "pid")),
            O::Fails,
            &["breaking state-cursor-value-type-changed", "safe state-partitioned"],
        ),
        (
            "one value is handed on to a grandparent",
            stream("", CURSOR, ""),
            with(&below(&ga("%s"))),
            O::Fails,
            &["breaking state-datetime-format-changed", "safe state-partitioned"],
        ),
        (
            "a position for all is handed on to a grandparent",
            with(&list(&dependent(&parent("pa", &substream("id", "gid", &ga("%ms"), ""), CURSOR), "pid"))),
            with(&list(&dependent(&parent("pa", &grand(&ga("%ms")), CURSOR), "pid"))),
            O::Fails,
            FAILS,
        ),
        (
            "a grandparent renamed, another format",
            with(&below(&ga("%m/%d/%Y"))),
            with(&below(&parent("ga2", "", &cursor("%m/%d/%Y")))),
            O::Fails,
            &["breaking state-datetime-format-changed", "review state-parent-renamed"],
        ),
        (
            "a grandparent renamed, the same format",
            with(&below(&ga("%Y-%m-%d"))),
            with(&below(&parent("ga2", "", CURSOR))),
            O::LosesData,
            &["review state-parent-renamed"],
        ),
        (
            "a parent renamed that reads another format",
            stream(&dependent(&days, "pid"), &cursor("%Y-%m-%dT%H:%M:%SZ"), ""),
            stream(&dependent(&parent("pa2", "", CURSOR), "pid"), &cursor("%Y-%m-%dT%H:%M:%SZ"), ""),
            O::Fails,
            &["breaking state-datetime-format-changed", "review state-parent-renamed"],
        ),
        (
            "a parent without a cursor renamed",
            with(&dependent(&parent("pa", "", ""), "pid")),
            with(&dependent(&parent("pa2", "", ""), "pid")),
            O::Resumes,
            &[],
        ),
        (
            "a dependency on a parent with another cursor field",
            with(&substream("id", "pid", &renamed_key, "")),
            with(&dependent(&renamed_key, "pid")),
            O::Resumes,
            &[],
        ),
        (
            "a parent's own partitions under another field",
            with(&dependent(&parent("pa", LIST, CURSOR), "pid")),
            with(&dependent(&parent("pa", &LIST.replace("board", "shelf"), CURSOR), "pid")),
            O::LosesData,
            LOST,
        ),
        (
            "one of two parents gains a router",
            with(&two("id", "id", "")),
            with(&two("id", "id", LIST)),
            O::LosesData,
            LOST,
        ),
        (
            "one of two parents gives another key",
            with(&two("id", "code", "")),
            with(&two("code", "code", "")),
            O::LosesData,
            LOST,
        ),
    ];
    hold(
        rows.into_iter()
            .map(|(change, old, new, outcome, findings)| (change, of(&old), new, outcome, findings)),
    );
    // What the old version cannot go on from either is no news, and nothing is called safe.
    let same = with(&list(&dependent(&seconds, "pid")));
    assert_eq!(forward(&of(&same), &of(&same)), (O::Unknown, Vec::new()));
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

/// Manifests and states that were made to hurt, or that look like less than they are.
#[test]
fn what_was_made_to_hurt() {
    let defined = |definitions: &str, router: &str| {
        let stream = stream(router, CURSOR, "");
        let text = manifest(&stream).replace("streams:\n", &format!("definitions:\n{definitions}streams:\n"));
        Given { manifest: Some(text), state: None }
    };
    // Routers in a circle, and routers that double at every level.
    let circle = "  r: {type: GroupingPartitionRouter, group_size: 2, underlying_partition_router: {$ref: '#/definitions/r'}}\n";
    let circle = defined(circle, "{$ref: '#/definitions/r'}");
    check(&circle, &circle);
    let mut levels = format!("  r0: {LIST}\n");
    for level in 1..30 {
        let below = format!("{{$ref: '#/definitions/r{}'}}", level - 1);
        levels.push_str(&format!(
            "  r{level}: {{type: UnionPartitionRouter, partition_field: board, partition_routers: [{below}, {below}]}}\n"
        ));
    }
    let doubled = defined(&levels, "{$ref: '#/definitions/r29'}");
    assert_eq!(forward(&doubled, &doubled), (O::Unknown, Vec::new()));

    let custom = "{type: CustomPartitionRouter, class_name: source_x.components.Router}";
    let open = stream(custom, CURSOR, "");
    let report = check(&of(&open), &Given { state: saved(json!({})).state, ..of(&open) });
    assert_eq!((ways(&report).1.outcome, report.verdict.rollback_safe), (O::Unknown, None));

    // A delegating stream that becomes a full refresh one loses its position, which no catalog shows.
    let delegating = format!(
        "{{type: StateDelegatingStream, name: orders, full_refresh_stream: {}, incremental_stream: {}}}",
        stream("", "", ""),
        stream("", CURSOR, "")
    );
    let found = forward(&of(&delegating), &of(&stream("", "", "")));
    assert_eq!(found, (O::ReadsAgain, vec!["breaking state-incremental-to-full-refresh".to_owned()]));

    let plain = of(&stream("", CURSOR, ""));
    let met = |state: Value| forward(&saved(state), &plain).0;
    assert_eq!(met(json!({"updated": "2024-05-01", "ids": [1, 2]})), O::Resumes);
    assert_eq!(met(json!({"states": {"7": {"updated": "2024-05-01"}}})), O::ReadsAgain);
    let done =
        json!({"states": [{"partition": {"id": 1}, "cursor": {"__ab_full_refresh_sync_complete": true}}]});
    assert_eq!(met(done), O::NothingSaved);
    // What a version cannot read of the sample beside it is not known to go on, and is no finding either.
    let stale = Given { state: saved(json!({"updated": null})).state, ..plain.clone() };
    assert_eq!(forward(&stale, &plain), (O::Unknown, Vec::new()));
    let counted =
        of(&stream("", "{type: IncrementingCountCursor, cursor_field: updated, start_value: 0}", ""));
    // As the CDK was seen to.
    for (state, outcome) in [
        (json!({"state_type": "integer", "slices": [{"start": 0, "end": 7}]}), O::Resumes),
        (
            json!({"state_type": "date-range", "slices": [{"start": "2020-01-01", "end": "2024-05-01"}]}),
            O::Fails,
        ),
        (json!({"updated": null}), O::ReadsAgain),
        (json!({"updated": ""}), O::ReadsAgain),
        (json!({"updated": "7"}), O::Fails),
        (json!({"updated": {"a": 1}}), O::Fails),
        (json!({"updated": 7, "use_global_cursor": false}), O::Resumes),
    ] {
        assert_eq!(forward(&saved(state.clone()), &counted).0, outcome, "{state}");
    }
    let dates = of(&stream("", &cursor("%Y%m%d").replace("2020-01-01", "1980-01-01"), ""));
    assert_eq!(forward(&saved(json!({"updated": "19851231"})), &dates).0, O::Resumes);
}

/// A state message a line, in a file of any name that says state; the place of a finding is in its own file.
#[test]
fn messages_one_a_line() {
    let line = |name: &str, key: &str| {
        json!({"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": {key: "2024-05-01"}}})
            .to_string()
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in ["old", "new"] {
        fs::create_dir_all(folder.path().join(name)).expect("a temporary folder");
    }
    let two = format!(
        "{manifest}  - {other}\n",
        manifest = manifest(&stream("", CURSOR, "")),
        other = parent("refunds", "", CURSOR)
    );
    fs::write(folder.path().join("new/manifest.yaml"), two).expect("a temporary file");
    let log = json!({"type": "LOG", "log": {"level": "INFO", "message": "x"}});
    let wrapped = format!("{{\"type\": \"STATE\", \"state\": {}}}", line("refunds", "updated"));
    fs::write(
        folder.path().join("old/a_state.json"),
        format!("{}\n{log}\n{wrapped}\n", line("orders", "updated")),
    )
    .expect("a temporary file");
    fs::write(folder.path().join("old/b_state.jsonl"), format!("{}\n", line("refunds", "changed")))
        .expect("a temporary file");
    let load = |name: &str| connector(&Side { path: folder.path().join(name), ..Side::default() });
    let report = compare(&load("old"), &load("new"), &Options::default());
    assert!(report.errors.is_empty(), "{:?}", report.errors);
    assert_eq!(report.states.len(), 2);
    // What else is among the lines counts where the file is not named after its state.
    let catalog = json!({"type": "CATALOG", "catalog": {"streams": [{"name": "orders", "json_schema": {}}]}});
    let path = folder.path().join("printed.json");
    fs::write(&path, format!("{}\n{catalog}\n", line("orders", "updated"))).expect("a temporary file");
    let printed = connector(&Side { path, ..Side::default() });
    assert_eq!((printed.states.len(), printed.catalog.map(|catalog| catalog.streams.len())), (1, Some(1)));
    let named = connector(&Side { path: folder.path().join("old/b_state.jsonl"), ..Side::default() });
    let report = compare(&named, &load("new"), &Options::default());
    let origin = report.findings[0].origin.old.clone().expect("a place");
    assert!(origin.file.ends_with("b_state.jsonl"), "{origin:?}");
}

/// The same state of two streams, in every form that a file of state may have.
#[test]
fn one_state_in_every_envelope() {
    let orders = partitions("board", [json!("a"), json!("b")], "updated", true);
    let states = [("orders", orders), ("refunds", json!({"changed": "2024-05-01"}))];
    let each = |one: &dyn Fn(&str, &Value) -> Value| -> Value {
        states.iter().map(|(name, state)| one(name, state)).collect()
    };
    let of_protocol =
        |name: &str, state: &Value| json!({"stream_descriptor": {"name": name}, "stream_state": state});
    let of_api =
        |name: &str, state: &Value| json!({"streamDescriptor": {"name": name}, "streamState": state});
    let message = |name: &str, state: &Value| json!({"type": "STREAM", "stream": of_protocol(name, state)});
    // Some connectors repeat all states in each message, as they did before there were messages per stream.
    let with_data = |name: &str, state: &Value| json!({"type": "STREAM", "stream": of_protocol(name, state), "data": {"orders": {"changed": 7}}});
    let wrapped = |name: &str, state: &Value| json!({"type": "STATE", "state": message(name, state)});
    let lines = |list: Value| -> String {
        list.as_array().expect("a list").iter().map(|line| format!("{line}\n")).collect()
    };
    let legacy = json!({"orders": states[0].1, "refunds": states[1].1});
    let global = json!({"type": "GLOBAL", "global": {"shared_state": {"lsn": 1}, "stream_states": each(&of_protocol)}});
    let expected = shapes(&each(&message).to_string());
    assert_eq!(expected.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["orders", "refunds"]);
    assert_eq!(expected[0].1.partitions.len(), 1);
    for text in [
        serde_json::to_string_pretty(&each(&message)).expect("JSON"),
        each(&with_data).to_string(),
        each(&wrapped).to_string(),
        each(&of_api).to_string(),
        lines(each(&message)),
        lines(each(&wrapped)),
        lines(each(&of_api)),
        // Early messages have no type.
        lines(each(&|name, state| json!({"stream": of_protocol(name, state)}))),
        json!({"global": global["global"]}).to_string(),
        format!("starting\n{}done\n", lines(each(&wrapped))),
        each(&|name, state| json!({"state": null, "stream": of_protocol(name, state), "type": "STREAM"})).to_string(),
        // What was saved on the way no longer counts.
        format!("{}{}", format!("{}\n", wrapped("orders", &json!({"changed": 1}))).repeat(10_000), lines(each(&wrapped))),
        json!([{"type": "GLOBAL", "global": {"stream_states": [of_protocol("orders", &json!({"changed": 1}))]}}, global])
            .to_string(),
        json!([{"type": "LEGACY", "data": {"orders": {"changed": 1}}}, {"type": "LEGACY", "data": legacy}]).to_string(),
        global.to_string(),
        json!([global]).to_string(),
        json!({"type": "STATE", "state": global}).to_string(),
        json!({"global": global["global"], "type": "GLOBAL"}).to_string(),
        json!({"connectionId": "7", "stateType": "stream", "streamState": each(&of_api)}).to_string(),
        json!({"stateType": "global", "globalState": {"streamStates": each(&of_api)}}).to_string(),
        json!({"stateType": "legacy", "state": legacy}).to_string(),
        legacy.to_string(),
        json!({"type": "LEGACY", "data": legacy}).to_string(),
        json!({"data": legacy, "type": "LEGACY"}).to_string(),
        json!([{"type": "LEGACY", "data": legacy}]).to_string(),
    ] {
        assert_eq!(shapes(&text), expected, "{text}");
    }
    // The list that database sources kept, and a stream that is called like it.
    let database =
        json!({"cdc": false, "streams": [{"stream_name": "orders", "cursor_field": ["id"], "cursor": "7"}]});
    assert_eq!(shapes(&database.to_string())[0].0, "orders");
    assert_eq!(shapes(&json!({"type": "LEGACY", "data": {"streams": [1]}}).to_string())[0].0, "streams");
}

/// Ids in the place of field names, and tokens: what is kept of a state is bounded, and what is not looked at is said.
#[test]
fn states_of_thousands_of_keys() {
    let plain = of(&stream("", CURSOR, ""));
    let many = |more: &[(&str, &str)]| {
        let ids = (0..3_000).map(|id| (format!("id-{id}"), json!("2024-05-01")));
        let more = more.iter().map(|(key, value)| ((*key).to_owned(), json!(value)));
        saved(Value::Object(ids.chain(more).collect()))
    };
    let met = |old: &Given| forward(old, &plain);
    assert_eq!(met(&many(&[])), (O::ReadsAgain, vec!["breaking state-class-changed".to_owned()]));
    // The cursor's field is there, and its value was not kept.
    assert_eq!(met(&many(&[("updated", "x")])), (O::Unknown, vec!["review state-keys-not-read".to_owned()]));
    let report = check(&many(&[]), &plain);
    let printed = connector_diff::report::json(&connector_diff::report(vec![report]));
    assert!(printed.len() < 8_000, "{} bytes", printed.len());
    // Two samples side by side: what is not kept may differ, and where it does not, nothing does.
    let not_read = || (O::Unknown, vec!["review state-keys-not-read".to_owned()]);
    assert_eq!(forward(&many(&[]), &many(&[("id-77777", "2024-05-01")])), not_read());
    assert_eq!(forward(&many(&[]), &many(&[("id-2999", "7")])), not_read());
    assert_eq!(forward(&many(&[]), &many(&[])), (O::Resumes, Vec::new()));
    let without_first = |mut given: Given| {
        let state = given.state.as_mut().and_then(|state| state.pointer_mut("/0/stream/stream_state"));
        state.and_then(Value::as_object_mut).expect("a state").remove("id-0");
        given
    };
    let found = forward(&many(&[]), &without_first(many(&[])));
    assert_eq!(
        found,
        (O::Unknown, vec!["review state-key-removed".to_owned(), "review state-keys-not-read".to_owned()])
    );
    let inside = |value: Value| {
        let ids = (0..300).map(|id| (format!("k{id}"), json!("2024-05-01")));
        let cursor: Value = Value::Object(ids.chain([("updated".to_owned(), value)]).collect());
        saved(json!({"states": [{"partition": {"board": "a"}, "cursor": cursor}]}))
    };
    assert_eq!(forward(&inside(json!("2024-05-01")), &inside(json!(1_714_521_600))), not_read());
    // An object or a list under the field is left out as well.
    for (key, value) in [("updated", json!({"a": "x"})), ("updated", json!(["a"]))] {
        let mut given = many(&[]);
        let state = given.state.as_mut().and_then(|state| state.pointer_mut("/0/stream/stream_state"));
        state.expect("a state")[key] = value;
        assert_eq!(met(&given), not_read());
    }
    // Of two samples one shows the position, and the other may hide another.
    let joined = |ids: usize, value: &str| {
        let ids = (0..ids).map(|id| (format!("id-{id}"), json!("2024-05-01")));
        let state: Value = Value::Object(ids.chain([("updated".to_owned(), json!(value))]).collect());
        json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "orders"}, "stream_state": state}}])
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, state) in [("a_state.json", joined(10, "2024-05-01")), ("b_state.json", joined(300, "bad"))] {
        fs::write(folder.path().join(name), state.to_string()).expect("a temporary file");
    }
    fs::create_dir(folder.path().join("new")).expect("a temporary folder");
    fs::write(folder.path().join("new/manifest.yaml"), manifest(&stream("", CURSOR, ""))).expect("a file");
    let load = |path: std::path::PathBuf| connector(&Side { path, ..Side::default() });
    let report =
        compare(&load(folder.path().to_owned()), &load(folder.path().join("new")), &Options::default());
    assert_eq!(ways(&report).0.outcome, O::Unknown, "{:?}", report.findings);

    let partitioned = of(&stream(LIST, CURSOR, ""));
    let kinds: Vec<Value> = (0..3_000)
        .map(|id| json!({"partition": {format!("k{id}"): "a"}, "cursor": {"updated": "2024-05-01"}}))
        .collect();
    let kinds = saved(json!({"states": kinds}));
    assert_eq!(forward(&kinds, &partitioned), not_read());
    assert_eq!(forward(&kinds, &kinds), (O::Resumes, Vec::new()));
    // A position that fails does so however many kinds there are.
    let failing: Vec<Value> = (0..600)
        .map(|id| json!({"partition": {format!("k{id}"): 1}, "cursor": {"updated": "bad"}}))
        .collect();
    let found = forward(&saved(json!({"states": failing})), &partitioned);
    assert_eq!(found.0, O::Fails, "{:?}", found.1);
    // Another order of keys, and the other boolean, make no other kind.
    let one_kind: Vec<Value> = (0..600)
        .map(|id: u32| {
            let flags = (0..9).map(|bit| (format!("k{bit}"), json!(id >> bit & 1 == 1)));
            json!({"partition": Value::Object(flags.collect()), "cursor": {"updated": "2024-05-01"}})
        })
        .collect();
    let one_kind = saved(json!({"states": one_kind}));
    assert_eq!(forward(&one_kind, &one_kind), (O::Resumes, Vec::new()));

    // One token of each look; what is kept of them does not depend on their order.
    let tokens = |reverse: bool| {
        let letters = |number: u32| (0..12).map(move |at| char::from(b'a' + ((number >> at) & 1) as u8));
        let mut states: Vec<Value> = (0..4_000)
            .map(|number| {
                let token: String = letters(number).collect();
                json!({"partition": {"board": "a"}, "cursor": {"updated": format!("{token}-{}", number % 7)}})
            })
            .collect();
        if reverse {
            states.reverse();
        }
        saved(json!({"states": states}))
    };
    let kept = |given: Given| shapes(&given.state.expect("a state").to_string());
    assert_eq!(kept(tokens(false)), kept(tokens(true)));
    // Texts of ever other signs, and ever other keys.
    let signs = |count: u32, reverse: bool| {
        let text = |number: u32| {
            (0..12).map(|bit| if number >> bit & 1 == 1 { '-' } else { '/' }).collect::<String>()
        };
        let mut states: Vec<Value> = (0..count)
            .map(|number| json!({"partition": {"board": "a"}, "cursor": {"updated": text(number), format!("k{number}"): 1}}))
            .collect();
        if reverse {
            states.reverse();
        }
        saved(json!({"states": states}))
    };
    assert_eq!(kept(signs(4_000, false)), kept(signs(4_000, true)));
    let report = check(&signs(4_000, false), &partitioned);
    let printed = connector_diff::report::json(&connector_diff::report(vec![report]));
    assert!(printed.len() < 8_000, "{} bytes", printed.len());
    // A list that holds something else is none of partitions.
    let odd =
        saved(json!({"states": [{"partition": {"board": "a"}, "cursor": {"updated": "2024-05-01"}}, 7]}));
    assert_eq!(forward(&odd, &partitioned), (O::Fails, vec!["breaking state-class-changed".to_owned()]));
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

/// A file that is given as state and holds none is an error, and its text is not quoted.
#[test]
fn a_file_without_state_is_no_sample() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let manifest_path = folder.path().join("manifest.yaml");
    fs::write(&manifest_path, manifest(&stream("", CURSOR, ""))).expect("a temporary file");
    let given = |name: &str, text: &str| {
        let sample = folder.path().join(name);
        fs::write(&sample, text).expect("a temporary file");
        connector(&Side { path: manifest_path.clone(), states: vec![sample], ..Side::default() })
    };
    for (name, text) in [
        ("a.json", "\"hunter2\" x"),
        ("a.jsonl", "\"hunter2\" x"),
        ("a.jsonl", "{\"type\": \"LOG\", \"log\": {\"level\": \"INFO\", \"message\": \"hunter2\"}}\n"),
        ("a.txt", "nothing of the kind"),
    ] {
        let side = given(name, text);
        let said = format!("{:?}", side.errors);
        assert!(side.states.is_empty() && !side.errors.is_empty(), "{name} {text}: {side:?}");
        assert!(!said.contains("hunter2"), "{said}");
    }
    for text in [
        "[{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"orders\"},\"stream_state\":{}}}]",
        "{\"streamDescriptor\":{\"name\":\"orders\"},\"streamState\":{\"updated\":\"x\"}}",
        "{\"orders\":{\"updated\":\"x\"}}",
    ] {
        let side = given("b.jsonl", text);
        assert!(side.states.len() == 1 && side.errors.is_empty(), "{text}: {:?}", side.errors);
    }
}
