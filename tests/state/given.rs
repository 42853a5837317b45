//! What a row has: manifests of one stream called `orders`, and states of it.

use std::fs;

use connector_diff::load::{Side, connector};
use connector_diff::model::{ConnectorReport, SavedState, StateMeeting, StateOutcome as O};
use connector_diff::{Options, compare};
use serde_json::{Value, json};

/// The cursor of `orders`, unless a row says otherwise.
pub(crate) const CURSOR: &str = r#"{type: DatetimeBasedCursor, cursor_field: updated, datetime_format: "%Y-%m-%d", start_datetime: "2020-01-01"}"#;

/// The same with another format; its start stays a date.
pub(crate) fn cursor(format: &str) -> String {
    CURSOR.replace(r#""%Y-%m-%d""#, &format!("{format:?}")).replace(
        r#""2020-01-01""#,
        r#"{type: MinMaxDatetime, datetime: "2020-01-01", datetime_format: "%Y-%m-%d"}"#,
    )
}

/// A stream called `orders`; an empty router or cursor is none.
pub(crate) fn stream(router: &str, cursor: &str, more: &str) -> String {
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

pub(crate) fn manifest(stream: &str) -> String {
    format!(
        "version: 7.39.1\ntype: DeclarativeSource\ncheck: {{type: CheckStream, stream_names: [orders]}}\nstreams:\n  - {stream}\n"
    )
}

/// A router over one parent.
pub(crate) fn substream(key: &str, field: &str, parent: &str, more: &str) -> String {
    format!(
        "{{type: SubstreamPartitionRouter, parent_stream_configs: [{{type: ParentStreamConfig, parent_key: {key}, partition_field: {field}, stream: {parent}{more}}}]}}"
    )
}

pub(crate) fn parent(name: &str, router: &str, cursor: &str) -> String {
    stream(router, cursor, "").replace("name: orders", &format!("name: {name}"))
}

pub(crate) const LIST: &str = "{type: ListPartitionRouter, cursor_field: board, values: [a, b]}";

/// What one side has.
#[derive(Default, Clone)]
pub(crate) struct Given {
    pub(crate) manifest: Option<String>,
    pub(crate) state: Option<Value>,
}

pub(crate) fn of(stream: &str) -> Given {
    Given { manifest: Some(manifest(stream)), state: None }
}

/// State of `orders` in a message of its own.
pub(crate) fn saved(state: Value) -> Given {
    message(
        json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "orders"}, "stream_state": state}}]),
    )
}

pub(crate) fn message(state: Value) -> Given {
    Given { manifest: None, state: Some(state) }
}

pub(crate) fn check(old: &Given, new: &Given) -> ConnectorReport {
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

pub(crate) fn ways(report: &ConnectorReport) -> (StateMeeting, StateMeeting) {
    let state =
        report.states.iter().find(|state| state.stream.name == "orders").unwrap_or_else(|| {
            panic!("no state of orders in {:?}; errors {:?}", report.states, report.errors)
        });
    (state.forward.clone(), state.back.clone())
}

pub(crate) fn forward(old: &Given, new: &Given) -> (O, Vec<String>) {
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
pub(crate) fn hold<'r>(rows: impl IntoIterator<Item = (&'r str, Given, String, O, &'r [&'r str])>) {
    let mut wrong = Vec::new();
    for (change, old, new, outcome, findings) in rows {
        let found = forward(&old, &of(&new));
        if found.0 != outcome || found.1 != findings {
            wrong.push(format!("{change}: expected {outcome:?} {findings:?}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

pub(crate) fn partitions(key: &str, values: [Value; 2], cursor: &str, global: bool) -> Value {
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

/// The streams of a file of state, each with what is kept of its state.
pub(crate) fn shapes(text: &str) -> Vec<(String, SavedState)> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("state.json");
    fs::write(&path, text).expect("a temporary file");
    let side = connector(&Side { path, ..Side::default() });
    assert!(side.errors.is_empty(), "{text}: {:?}", side.errors);
    let messages = side.states.iter().flat_map(|sample| &sample.messages);
    let states = messages.flat_map(|message| message.streams());
    states.map(|state| (state.id.name.clone(), state.saved.clone())).collect()
}
