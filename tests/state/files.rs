//! Files of saved state: how they are known, every error, and where a finding in them is.

use std::collections::BTreeMap;

use connector_diff::model::{Connector, InputError, StateSample};
use connector_diff::tree::Memory;
use connector_diff::{Options, compare};
use serde_json::{Value, json};

use crate::components::*;
use crate::rows::*;
use crate::sides;

/// A side that is this file.
fn read(name: &str, text: &str) -> Connector {
    sides::load(sides::file(name, text))
}

/// A side whose path leads nowhere, and this file named as its state.
fn read_by_flag(name: &str, text: &str) -> Connector {
    sides::load_with_states(Memory::default(), vec![sides::beside(name, text)])
}

/// The shapes that samples are taken for.
#[test]
fn classes_of_state() {
    let class = |state: Value| shapes(saved(state).sample())[0].1.class.name();
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

/// What is wrong with a file of state is said, with its line.
#[test]
fn errors_of_state_files() {
    let error = |text: &str| {
        let errors = read("state.json", text).errors;
        errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    for (text, said) in [
        ("", "empty"),
        (
            "[\n{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"a\"}}},\n7]",
            ":3: state message 2: expected an object with the key type, found a number",
        ),
        (
            r#"[{"type":"STREAM","stream":{"stream_descriptor":{"nme":"a"}}}]"#,
            "stream_descriptor.name, found none",
        ),
        (r#""hunter2""#, "expected a list of state messages or a legacy state object"),
        (r#"{"type":"LEGACY"}"#, "expected an object under data"),
        (r#"{"stateType":"stream","streamState":"hunter2"}"#, "expected a list of states, found a text"),
        (
            "[{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"a\"}}},\n{\"orders\":{\"at\":1}}]",
            ":2: state message 2",
        ),
        (r#"{"type":"GLOBAL","global":7}"#, "expected an object with stream_states, found a number"),
        (
            r#"{"type":"GLOBAL","global":{"stream_states":{}}}"#,
            "expected an object with stream_states, found something else under that key",
        ),
        (r#"[{"type":"GLOBAL","global":{"stream_states":[{"stream_state":{}}]}}]"#, "found none in state 1"),
        (
            "[\n{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"a\"},\"stream_state\":{\"states\":[{\"partition\":{\"\\ud800\":1}}]}}}]",
            ":2: state message 1: expected a state of the stream a, found a text with half a character",
        ),
        (r#"{"a": {"\ud800": 1}}"#, "expected a state of the stream a, found a text with half a character"),
        ("[{\"type\":\"STREAM\",\n\"stream\":{\"\\ud800\":1}}]", ":2: expected a whole character"),
        ("{\"stateType\":\"stream\",\n\"streamState\":[{\"\\ud800\":1}]}", ":2: expected a whole character"),
        ("{\"type\":\"STREAM\",\n\"stream\": 7,,}", ":2: not JSON"),
        ("{\"type\":\"STREAM\",\n\"stream\":{\n\"a\":1,\n\"\\ud800\":1}}", ":4: expected a whole character"),
        (
            "{\"stateType\":\"global\",\n\"globalState\":{\n\"streamStates\":\n[{\"\\ud800\":1}]}}",
            ":4: expected a whole character",
        ),
        (
            "{\"type\":\"LEGACY\",\n\"data\":{\n\"b\":{\"\\ud800\":1}}}",
            ":3: expected a state of the stream b",
        ),
        (
            "[{\"streamDescriptor\":{\"name\":\"b\"},\n\"stre\\u0061mState\":\n{\"\\ud800\":1}}]",
            ":3: state message 1: expected a state of the stream b",
        ),
        (r#"{"type":"STATE"}"#, "expected an object under state, as the type STATE asks for, found none"),
        (r#"{"type":"STATE","state":null}"#, "as the type STATE asks for, found null"),
        (r#"{"stateType":"stream","streamState":{}}"#, "expected a list of states, found an object"),
        (r#"[{"type":"STREEM"}]"#, "expected the type STREAM, GLOBAL or LEGACY, found STREEM"),
        (r#"[{"type":"hunter2"}]"#, "expected the type STREAM, GLOBAL or LEGACY, found another text"),
        (
            "{\"type\":\"LOG\",\"log\":{}}\n{\"type\":\"LOG\",\"log\":{}}\n",
            "STATE message among the lines, found none",
        ),
        ("{\"b\": {},\n\"a\": {\"\\ud800\": 1}}", ":2: expected a state of the stream a"),
    ] {
        assert!(error(text).contains(said) && !error(text).contains("hunter2"), "{text}: {}", error(text));
    }
}

/// A message of a stream in a line.
fn line(name: &str, key: &str) -> String {
    message(name, &json!({ key: "2024-05-01" })).to_string()
}

/// State of two streams in two files of lines, and a manifest of both streams.
fn two_streams() -> (Connector, Connector) {
    let log = json!({"type": "LOG", "log": {"level": "INFO", "message": "x"}});
    let wrapped = format!(r#"{{"type": "STATE", "state": {}}}"#, line("refunds", "updated"));
    let first = format!("{}\n{log}\n{wrapped}\n", line("orders", "updated"));
    let old = sides::side("old", &[("a_state.json", &first), ("b_state.jsonl", &refunds_by_another_key())]);
    (old, two_streams_of_a_manifest())
}

fn refunds_by_another_key() -> String {
    format!("{}\n", line("refunds", "changed"))
}

fn two_streams_of_a_manifest() -> Connector {
    let manifest = manifest(&orders()).with("streams", [orders(), stream("refunds")]);
    sides::load(of_manifest(&manifest).tree("new"))
}

/// A state message a line, in a file of any name that says state.
#[test]
fn messages_one_a_line_are_read_with_logs_and_envelopes_among_them() {
    let (old, new) = two_streams();
    let report = compare(&old, &new, &Options::default());
    assert!(report.errors.is_empty(), "{:?}", report.errors);
    assert_eq!(report.states.len(), 2);
}

#[test]
fn the_place_of_a_finding_is_in_its_own_file() {
    let old = read("b_state.jsonl", &refunds_by_another_key());
    let report = compare(&old, &two_streams_of_a_manifest(), &Options::default());
    let origin = report.findings[0].origin.old.clone().expect("a place");
    assert!(origin.file.ends_with("b_state.jsonl"), "{origin:?}");
}

const BARE: &str =
    r#"{"type": "STREAM", "stream": {"stream_descriptor": {"name": "orders"}, "stream_state": {}}}"#;

/// Where the file is not named after its state, whatever comes first.
#[test]
fn what_else_is_among_the_lines_counts() {
    let catalog = r#"{"type": "CATALOG", "catalog": {"streams": [{"name": "orders", "json_schema": {}}]}}"#;
    let log = r#"{"level": "info"}"#;
    for lines in [[catalog, BARE, log], [BARE, catalog, log], [log, BARE, catalog]] {
        for (name, ending) in
            [("a.json", "\n"), ("a.json", "\r\n"), ("a.log", "\n"), ("a.jsonl", "\n"), ("a", "\n")]
        {
            let text = lines.join(ending);
            let printed = read(name, &text);
            let found = (printed.states.len(), printed.catalog.map(|catalog| catalog.streams.len()));
            assert_eq!(found, (1, Some(1)), "{name} {lines:?} {:?}", printed.errors);
            assert_eq!(read_by_flag(name, &text).states.len(), 1, "{name} {lines:?}");
        }
    }
}

/// A list in a file of another ending, and what is not whole.
#[test]
fn lists_and_cut_lines_in_files_of_any_ending() {
    let cut = |line: &str| format!("{BARE}\n{}\n", &line[..line.len() - 5]);
    let of_api = r#"{"streamDescriptor": {"name": "orders"}, "streamState": {"updated": "2024-05-01"}}"#;
    for (name, text, states, said) in [
        ("a.log", cut(BARE), 1, ":2: a STREAM message cannot be read: expected the rest"),
        ("a.json", cut(of_api), 1, ":2: the state of a stream cannot be read: expected the rest"),
        ("a.txt", format!("[\n{BARE},\n{BARE}\n]\n"), 1, ""),
        ("a.jsonl", format!("[\n{BARE},\n{BARE}\n]\n"), 1, ""),
        ("a.jsonl", "{\n\"stateType\": \"stream\",\n\"streamState\": [\n]\n}x".to_owned(), 0, ":5: not JSON"),
    ] {
        let tree = of(&orders()).tree("new");
        let sample = sides::load_with_states(tree, vec![sides::beside(name, &text)]);
        let errors: String = sample.errors.iter().map(ToString::to_string).collect();
        assert_eq!((sample.states.len(), errors.contains(said)), (states, true), "{name}: {errors}");
    }
}

/// The streams whose state a side has, and its errors.
fn streams(side: Connector) -> (Vec<String>, Vec<InputError>) {
    let of = |sample: &StateSample| -> Vec<String> {
        let states = sample.messages.iter().flat_map(|message| message.streams());
        states.map(|state| state.id.name.to_string()).collect()
    };
    (side.states.iter().flat_map(of).collect(), side.errors)
}

fn only_orders() -> (Vec<String>, Vec<InputError>) {
    (vec!["orders".to_owned()], Vec::new())
}

const UPDATED: &str = r#"{"type": "STREAM", "stream": {"stream_descriptor": {"name": "orders"}, "stream_state": {"updated": "x"}}}"#;

/// The same states are read whatever the file is called, however it is given, and whatever stands around them.
#[test]
fn a_file_of_state_is_known_by_what_is_in_it() {
    let of_api = r#"{"streamDescriptor": {"name": "orders"}, "streamState": {"updated": "x"}}"#;
    let connector_says = format!(r#"{{"type": "STATE", "state": {UPDATED}}}"#);
    let texts = [
        UPDATED.to_owned(),
        connector_says.clone(),
        format!("[{UPDATED}]"),
        format!("[\n{UPDATED},\n{UPDATED}\n]\n"),
        format!("[{of_api}]"),
        format!("{{\n  \"stateType\": \"stream\",\n  \"streamState\": [{of_api}]\n}}\n"),
        format!("[2024-05-01] INFO start\n{UPDATED}\n"),
        format!("{{starting}}\r\n\r\n{connector_says}\r\ndone\r\n"),
        format!("\u{feff}2024-05-01 start\n  {UPDATED}\n{{\"level\": \"info\"}}\n"),
        format!("{{\"level\": \"info\"}}\n{UPDATED}\n"),
        r#"{"data": {"orders": {"updated": "x"}}}"#.to_owned(),
        r#"{"type": "LEGACY", "data": {"orders": {"updated": "x"}}}"#.to_owned(),
        r#"{"cdc": false, "streams": [{"stream_name": "orders", "cursor": "x"}]}"#.to_owned(),
    ];
    for text in &texts {
        for name in ["a.json", "a.jsonl", "a.log", "a.txt", "a"] {
            assert_eq!(streams(read(name, text)), only_orders(), "{name}: {text}");
            assert_eq!(streams(read_by_flag(name, text)).0, only_orders().0, "{name} by flag: {text}");
        }
        for name in ["state.json", "state.jsonl", "state.log", "sample_state.txt"] {
            let side = sides::side("side", &[(name, text)]);
            assert_eq!(streams(side), only_orders(), "{name} in a directory: {text}");
        }
    }
}

#[test]
fn a_yaml_file_of_state_is_known_by_what_is_in_it() {
    for text in [
        "- type: STREAM\n  stream: {stream_descriptor: {name: orders}, stream_state: {updated: x}}\n",
        "type: LEGACY\ndata: {orders: {updated: x}}\n",
        "type: GLOBAL\nglobal: {stream_states: [{stream_descriptor: {name: orders}, stream_state: {}}]}\n",
        "cdc: false\nstreams: [{stream_name: orders, cursor: x}]\n",
        "type: STATE\nstate: {type: LEGACY, data: {orders: {updated: x}}}\n",
        "stateType: stream\nstreamState: [{streamDescriptor: {name: orders}, streamState: {updated: x}}]\n",
    ] {
        assert_eq!(streams(read("a.yaml", text)), only_orders(), "{text}");
        assert_eq!(streams(read_by_flag("a.yaml", text)).0, only_orders().0, "by flag: {text}");
    }
}

/// What is said to be state is read as state, and what is not said to be is taken for a catalog.
#[test]
fn a_stream_may_be_called_like_the_list_of_a_catalog() {
    let text = r#"{"streams": {"token": "hunter2"}, "orders": {"updated": "x"}}"#;
    assert_eq!(streams(read_by_flag("a.json", text)).0, ["orders", "streams"]);
    let (_, errors) = streams(read("a.json", text));
    assert!(errors[0].message.ends_with("expected `streams` to be a list, found an object"), "{errors:?}");
}

#[test]
fn notes_with_the_word_in_their_name_and_a_record_that_is_cut_are_passed_over() {
    let record = r#"{"type": "RECORD", "record": {"stream": "orders", "data": {"kind": "SPEC", "of": "STATE"#;
    let log = format!("{{\"type\": \"STATE\", \"state\": {UPDATED}}}\n{record}\n");
    let side = sides::side("side", &[("statement.txt", "Nothing of the kind.\n"), ("state.log", &log)]);
    assert_eq!(streams(side), only_orders());
}

/// A finding says where the state stands, whatever stands before it.
#[test]
fn a_finding_has_the_place_of_its_state() {
    let new = sides::load(of(&orders()).tree("new"));
    let other =
        r#"{"type": "STREAM", "stream": {"stream_descriptor": {"name": "refunds"}, "stream_state": {}}}"#;
    let orders = r#"{"type": "STREAM", "stream": {"stream_descriptor": {"name": "orders"}, "stream_state": {"updated": 7}}}"#;
    let in_two_lines = orders.replace(r#", "stream_state""#, ",\n  \"stream_state\"");
    let escaped = orders.replace("stream_state", "stream\\u005fstate");
    for (name, text, line, column) in [
        ("a.jsonl", format!("{other}\n{orders}\n"), 2, 72),
        ("a_state.json", format!("[\n  {other},\n  {orders}\n]"), 3, 74),
        ("a_state.json", format!("[\n{other},\n{in_two_lines}\n]"), 4, 3),
        ("a_state.json", format!("[\n{other},\n{escaped}]"), 3, 93),
        ("a_state.json", "{\"refunds\": {},\n \"orders\": {\"updated\": 7}}".to_owned(), 2, 2),
        (
            "a_state.json",
            "{\"cdc\": false, \"streams\": [\n {\"stream_name\": \"orders\", \"updated\": 7}]}".to_owned(),
            2,
            2,
        ),
    ] {
        let report = compare(&read(name, &text), &new, &Options::default());
        let finding =
            report.findings.iter().find(|finding| finding.rule.starts_with("state-")).expect("a finding");
        let place = finding.origin.old.as_ref().map(|origin| (origin.line, origin.column));
        assert_eq!(place, Some((Some(line), Some(column))), "{text}");
    }
}

/// A manifest, and this file named as its state.
fn sampled(name: &str, text: &str) -> Connector {
    let manifest = manifest(&orders()).text();
    sides::load_with_states(sides::file("manifest.yaml", manifest), vec![sides::beside(name, text)])
}

/// A file that is given as state and holds none is an error, and its text is not quoted.
#[test]
fn a_file_without_state_is_no_sample() {
    for (name, text) in [
        ("a.json", r#""hunter2" x"#),
        ("a.json", r#""hunter2 at line hunter2, expected" x"#),
        ("a.json", r#"[{"type": "hunter2"}]"#),
        ("a.json", r#"["hunter2"]"#),
        ("a.jsonl", r#""hunter2" x"#),
        ("a.jsonl", "{\"type\": \"LOG\", \"log\": {\"level\": \"INFO\", \"message\": \"hunter2\"}}\n"),
        ("a.txt", "nothing of the kind"),
    ] {
        let side = sampled(name, text);
        let said = format!("{:?}", side.errors);
        assert!(side.states.is_empty() && !side.errors.is_empty(), "{name} {text}: {side:?}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn one_state_in_a_file_for_lines_is_a_sample() {
    for text in [
        r#"[{"type":"STREAM","stream":{"stream_descriptor":{"name":"orders"},"stream_state":{}}}]"#,
        r#"{"streamDescriptor":{"name":"orders"},"streamState":{"updated":"x"}}"#,
        r#"{"orders":{"updated":"x"}}"#,
    ] {
        let side = sampled("b.jsonl", text);
        assert!(side.states.len() == 1 && side.errors.is_empty(), "{text}: {:?}", side.errors);
    }
}
