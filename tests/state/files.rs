//! Files of saved state: every form, every error, and what is kept of them.

use std::collections::BTreeMap;
use std::fs;

use crate::given::*;
use connector_diff::load::{Side, connector};
use connector_diff::model::{Level, SavedState, StateOutcome as O, StateSample};
use connector_diff::{Options, compare};
use serde_json::{Value, json};

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
            "found none in state 1",
        ),
        (
            "[\n{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"a\"},\"stream_state\":{\"states\":[{\"partition\":{\"\\ud800\":1}}]}}}]",
            ":2: state message 1: expected a state of the stream a, found a text with half a character",
        ),
        ("{\"a\": {\"\\ud800\": 1}}", "expected a state of the stream a, found a text with half a character"),
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
        ("{\"type\":\"STATE\"}", "expected an object under state, as the type STATE asks for, found none"),
        ("{\"type\":\"STATE\",\"state\":null}", "as the type STATE asks for, found null"),
        ("{\"stateType\":\"stream\",\"streamState\":{}}", "expected a list of states, found an object"),
        ("[{\"type\":\"STREEM\"}]", "expected the type STREAM, GLOBAL or LEGACY, found STREEM"),
        ("[{\"type\":\"hunter2\"}]", "expected the type STREAM, GLOBAL or LEGACY, found another text"),
        (
            "{\"type\":\"LOG\",\"log\":{}}\n{\"type\":\"LOG\",\"log\":{}}\n",
            "STATE message among the lines, found none",
        ),
        ("{\"b\": {},\n\"a\": {\"\\ud800\": 1}}", ":2: expected a state of the stream a"),
    ] {
        assert!(error(text).contains(said) && !error(text).contains("hunter2"), "{text}: {}", error(text));
    }
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
    // What else is among the lines counts where the file is not named after its state, whatever comes first.
    let catalog = r#"{"type": "CATALOG", "catalog": {"streams": [{"name": "orders", "json_schema": {}}]}}"#;
    let bare =
        r#"{"type": "STREAM", "stream": {"stream_descriptor": {"name": "orders"}, "stream_state": {}}}"#;
    let log = r#"{"level": "info"}"#;
    for lines in [[catalog, bare, log], [bare, catalog, log], [log, bare, catalog]] {
        for (name, ending) in
            [("a.json", "\n"), ("a.json", "\r\n"), ("a.log", "\n"), ("a.jsonl", "\n"), ("a", "\n")]
        {
            let path = folder.path().join(name);
            fs::write(&path, lines.join(ending)).expect("a temporary file");
            let printed = connector(&Side { path: path.clone(), ..Side::default() });
            let found = (printed.states.len(), printed.catalog.map(|catalog| catalog.streams.len()));
            assert_eq!(found, (1, Some(1)), "{name} {lines:?} {:?}", printed.errors);
            let sample = connector(&Side { states: vec![path], ..Side::default() });
            assert_eq!(sample.states.len(), 1, "{name} {lines:?}");
        }
    }
    // A list in a file of another ending, and what is not whole.
    let cut = |line: &str| format!("{bare}\n{}\n", &line[..line.len() - 5]);
    let of_api = r#"{"streamDescriptor": {"name": "orders"}, "streamState": {"updated": "2024-05-01"}}"#;
    for (name, text, states, said) in [
        ("a.log", cut(bare), 1, ":2: a STREAM message cannot be read: expected the rest"),
        ("a.json", cut(of_api), 1, ":2: the state of a stream cannot be read: expected the rest"),
        ("a.txt", format!("[\n{bare},\n{bare}\n]\n"), 1, ""),
        ("a.jsonl", format!("[\n{bare},\n{bare}\n]\n"), 1, ""),
        ("a.jsonl", "{\n\"stateType\": \"stream\",\n\"streamState\": [\n]\n}x".to_owned(), 0, ":5: not JSON"),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("a temporary file");
        let sample =
            connector(&Side { path: folder.path().join("new"), states: vec![path], ..Side::default() });
        let errors: String = sample.errors.iter().map(ToString::to_string).collect();
        assert_eq!((sample.states.len(), errors.contains(said)), (states, true), "{name}: {errors}");
    }
    let named = connector(&Side { path: folder.path().join("old/b_state.jsonl"), ..Side::default() });
    let report = compare(&named, &load("new"), &Options::default());
    let origin = report.findings[0].origin.old.clone().expect("a place");
    assert!(origin.file.ends_with("b_state.jsonl"), "{origin:?}");
}

/// The same states are read whatever the file is called, however it is given, and whatever stands around them.
#[test]
fn a_file_of_state_is_known_by_what_is_in_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let message = r#"{"type": "STREAM", "stream": {"stream_descriptor": {"name": "orders"}, "stream_state": {"updated": "x"}}}"#;
    let of_api = r#"{"streamDescriptor": {"name": "orders"}, "streamState": {"updated": "x"}}"#;
    let connector_says = format!("{{\"type\": \"STATE\", \"state\": {message}}}");
    let texts = [
        message.to_owned(),
        connector_says.clone(),
        format!("[{message}]"),
        format!("[\n{message},\n{message}\n]\n"),
        format!("[{of_api}]"),
        format!("{{\n  \"stateType\": \"stream\",\n  \"streamState\": [{of_api}]\n}}\n"),
        format!("[2024-05-01] INFO start\n{message}\n"),
        format!("{{starting}}\r\n\r\n{connector_says}\r\ndone\r\n"),
        format!("\u{feff}2024-05-01 start\n  {message}\n{{\"level\": \"info\"}}\n"),
        format!("{{\"level\": \"info\"}}\n{message}\n"),
        r#"{"data": {"orders": {"updated": "x"}}}"#.to_owned(),
        r#"{"type": "LEGACY", "data": {"orders": {"updated": "x"}}}"#.to_owned(),
        r#"{"cdc": false, "streams": [{"stream_name": "orders", "cursor": "x"}]}"#.to_owned(),
    ];
    let streams = |side: Side| {
        let side = connector(&side);
        let of = |sample: &StateSample| -> Vec<String> {
            let states = sample.messages.iter().flat_map(|message| message.streams());
            states.map(|state| state.id.name.clone()).collect()
        };
        (side.states.iter().flat_map(of).collect::<Vec<_>>(), side.errors)
    };
    let only = || (vec!["orders".to_owned()], Vec::new());
    for text in &texts {
        for name in ["a.json", "a.jsonl", "a.log", "a.txt", "a"] {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("a temporary file");
            assert_eq!(streams(Side { path: path.clone(), ..Side::default() }), only(), "{name}: {text}");
            let states = vec![path];
            let side = Side { path: folder.path().join("none"), states, ..Side::default() };
            assert_eq!(streams(side).0, only().0, "{name} by flag: {text}");
        }
        for name in ["state.json", "state.jsonl", "state.log", "sample_state.txt"] {
            let directory = tempfile::tempdir().expect("a temporary folder");
            fs::write(directory.path().join(name), text).expect("a temporary file");
            let side = Side { path: directory.path().to_owned(), ..Side::default() };
            assert_eq!(streams(side), only(), "{name} in a directory: {text}");
        }
    }
    let yaml = [
        "- type: STREAM\n  stream: {stream_descriptor: {name: orders}, stream_state: {updated: x}}\n",
        "type: LEGACY\ndata: {orders: {updated: x}}\n",
        "type: GLOBAL\nglobal: {stream_states: [{stream_descriptor: {name: orders}, stream_state: {}}]}\n",
        "cdc: false\nstreams: [{stream_name: orders, cursor: x}]\n",
        "type: STATE\nstate: {type: LEGACY, data: {orders: {updated: x}}}\n",
        "stateType: stream\nstreamState: [{streamDescriptor: {name: orders}, streamState: {updated: x}}]\n",
    ];
    for text in yaml {
        let path = folder.path().join("a.yaml");
        fs::write(&path, text).expect("a temporary file");
        assert_eq!(streams(Side { path: path.clone(), ..Side::default() }), only(), "{text}");
        let side = Side { path: folder.path().join("none"), states: vec![path], ..Side::default() };
        assert_eq!(streams(side).0, only().0, "by flag: {text}");
    }
    // A stream that is called like the list of a catalog, in a file that is said to be of state.
    let path = folder.path().join("a.json");
    fs::write(&path, r#"{"streams": {"token": "hunter2"}, "orders": {"updated": "x"}}"#)
        .expect("a temporary file");
    let (names, _) =
        streams(Side { path: folder.path().join("none"), states: vec![path.clone()], ..Side::default() });
    assert_eq!(names, ["orders", "streams"]);
    let (_, errors) = streams(Side { path, ..Side::default() });
    assert!(errors[0].message.ends_with("expected `streams` to be a list, found an object"), "{errors:?}");
    // Notes that have the word in their name, and a record that is cut.
    let directory = tempfile::tempdir().expect("a temporary folder");
    fs::write(directory.path().join("statement.txt"), "Nothing of the kind.\n").expect("a temporary file");
    let record = r#"{"type": "RECORD", "record": {"stream": "orders", "data": {"kind": "SPEC", "of": "STATE"#;
    fs::write(directory.path().join("state.log"), format!("{connector_says}\n{record}\n"))
        .expect("a temporary file");
    assert_eq!(streams(Side { path: directory.path().to_owned(), ..Side::default() }), only());
}

/// A finding says where the state stands, whatever stands before it.
#[test]
fn a_finding_has_the_place_of_its_state() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join("new")).expect("a temporary folder");
    let new = folder.path().join("new");
    fs::write(new.join("manifest.yaml"), manifest(&stream("", CURSOR, ""))).expect("a temporary file");
    let other =
        r#"{"type": "STREAM", "stream": {"stream_descriptor": {"name": "refunds"}, "stream_state": {}}}"#;
    let of_orders =
        r#"{"type": "STREAM", "stream": {"stream_descriptor": {"name": "orders"}, KEY: {"updated": 7}}}"#;
    let orders = of_orders.replace("KEY", "\"stream_state\"");
    let escaped = of_orders.replace("KEY", "\"stream\\u005fstate\"");
    for (name, text, line, column) in [
        ("a.jsonl", format!("{other}\n{orders}\n"), 2, 72),
        ("a_state.json", format!("[\n  {other},\n  {orders}\n]"), 3, 74),
        (
            "a_state.json",
            format!("[\n{other},\n{}\n]", orders.replace(", \"stream_state\"", ",\n  \"stream_state\"")),
            4,
            3,
        ),
        ("a_state.json", format!("[\n{other},\n{escaped}]"), 3, 93),
        ("a_state.json", "{\"refunds\": {},\n \"orders\": {\"updated\": 7}}".to_owned(), 2, 2),
        (
            "a_state.json",
            "{\"cdc\": false, \"streams\": [\n {\"stream_name\": \"orders\", \"updated\": 7}]}".to_owned(),
            2,
            2,
        ),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, &text).expect("a temporary file");
        let load = |path: &std::path::Path| connector(&Side { path: path.to_owned(), ..Side::default() });
        let report = compare(&load(&path), &load(&new), &Options::default());
        let finding =
            report.findings.iter().find(|finding| finding.rule.starts_with("state-")).expect("a finding");
        let place = finding.origin.old.as_ref().map(|origin| (origin.line, origin.column));
        assert_eq!(place, Some((Some(line), Some(column))), "{text}");
    }
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
    // One stream, as the API prints it, and in YAML.
    let one = shapes(&of_api("orders", &states[0].1).to_string());
    assert_eq!(one, expected[..1]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("state.yaml");
    let stream = of_protocol("orders", &states[0].1);
    fs::write(&path, format!("type: STATE\nstate:\n  type: STREAM\n  stream: {stream}\n"))
        .expect("a temporary file");
    let side = connector(&Side { path: folder.path().to_owned(), ..Side::default() });
    assert_eq!(side.states[0].messages[0].streams()[0].saved, expected[0].1);
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
    assert_eq!(forward(&many(&[]), &many(&[("locale", "2024-05-01")])), not_read());
    // Another id is none: ids look alike.
    assert_eq!(forward(&many(&[]), &many(&[("id-77777", "2024-05-01")])), (O::Resumes, Vec::new()));
    assert_eq!(forward(&many(&[]), &many(&[("id-2999", "7")])), not_read());
    assert_eq!(forward(&many(&[]), &many(&[])), (O::Resumes, Vec::new()));
    let without_first = |mut given: Given| {
        let state = given.state.as_mut().and_then(|state| state.pointer_mut("/0/stream/stream_state"));
        state.and_then(Value::as_object_mut).expect("a state").remove("id-0");
        given
    };
    assert_eq!(forward(&many(&[]), &without_first(many(&[]))), not_read());
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
    let one_kind: Vec<String> = (0..600_usize)
        .map(|id| {
            let flags: Vec<String> =
                (0..9).map(|bit| format!("\"k{}\": {}", (bit + id) % 9, id >> bit & 1 == 1)).collect();
            format!("{{\"partition\": {{{}}}, \"cursor\": {{\"updated\": \"x\"}}}}", flags.join(", "))
        })
        .collect();
    let one_kind = shapes(&format!("{{\"orders\": {{\"states\": [{}]}}}}", one_kind.join(", ")));
    assert_eq!((one_kind[0].1.partitions.len(), one_kind[0].1.other_partitions.is_empty()), (1, true));
}

/// Positions of very many forms.
#[test]
fn states_of_thousands_of_forms() {
    let partitioned = of(&stream(LIST, CURSOR, ""));
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
    // A null stays one among however many.
    let with_null = |count: usize| {
        let texts = (0..count).map(|number| json!("-/".repeat(number % 97) + &"/".repeat(number / 97)));
        let states: Vec<Value> = texts
            .chain([json!(null)])
            .map(|value| json!({"partition": {"board": "a"}, "cursor": {"updated": value}}))
            .collect();
        forward(&saved(json!({"states": states})), &partitioned)
    };
    let both = ["breaking state-datetime-format-changed", "review state-cursor-null"].map(str::to_owned);
    assert_eq!(with_null(10), (O::Fails, both.to_vec()));
    assert_eq!(with_null(4_000), with_null(10));
    let report = check(&signs(4_000, false), &partitioned);
    let printed = connector_diff::report::json(&connector_diff::report(vec![report]));
    assert!(printed.len() < 8_000, "{} bytes", printed.len());
    // A list that holds something else is none of partitions.
    let odd =
        saved(json!({"states": [{"partition": {"board": "a"}, "cursor": {"updated": "2024-05-01"}}, 7]}));
    assert_eq!(forward(&odd, &partitioned), (O::Fails, vec!["breaking state-class-changed".to_owned()]));
}

/// What is not kept is neither the same nor another by accident, whatever else is known.
#[test]
fn what_is_left_out_is_said() {
    let not_read = || (O::Unknown, vec!["review state-keys-not-read".to_owned()]);
    let silent = || (O::Resumes, Vec::new());
    let ids = |count: usize, value: Value| -> Value {
        Value::Object((0..count).map(|id| (format!("k{id:03}"), value.clone())).collect())
    };
    let with = |mut state: Value, key: &str, value: Value| {
        state[key] = value;
        state
    };
    let day = || json!("2024-05-01");
    // Between two manifests that do not start at the same time.
    let starts = |start: &str| stream("", &CURSOR.replace("2020-01-01", start), "");
    let sample = |count| saved(with(ids(count, day()), "updated", day()));
    let beside = |count, start: &str| Given { state: sample(count).state, ..of(&starts(start)) };
    let later = of(&starts("2024-06-01"));
    assert_eq!(forward(&beside(200, "2020-01-01"), &later).0, O::LosesData);
    assert_eq!(forward(&beside(300, "2020-01-01"), &later), not_read());
    let (outcome, findings) = forward(&beside(300, "2020-01-01"), &of(&starts("2020-01-01")));
    assert_eq!((outcome, findings.len()), (O::Unknown, 0));
    // One position, later one per partition.
    let plain = |state: Value| saved(state);
    let in_partition =
        |cursor: Value| saved(json!({"states": [{"partition": {"board": "a"}, "cursor": cursor}]}));
    let one = || plain(json!({"updated": "2024-05-01"}));
    let retyped = |count| forward(&one(), &in_partition(with(ids(count, day()), "updated", json!(5)))).0;
    assert_eq!((retyped(10), retyped(300)), (O::Fails, O::Unknown));
    assert_eq!(forward(&one(), &in_partition(ids(300, day()))).0, O::ReadsAgain);
    assert_eq!(forward(&one(), &in_partition(json!({"updated": "2024-06-01", "x": 1}))).0, O::Resumes);
    // What differs only in values does not differ, whether it is kept or not.
    for (was, is) in [
        (json!("abc"), json!("xyz")),
        (json!(99), json!(100)),
        (json!(true), json!(false)),
        (json!("2024-05-01T00:00:00+00:00"), json!("2024-05-01T00:00:00-05:00")),
    ] {
        for count in [250, 300] {
            let found =
                forward(&in_partition(ids(count, was.clone())), &in_partition(ids(count, is.clone())));
            assert_eq!(found, silent(), "{count} of {was} and {is}");
        }
    }
    // However much is left out, something else is something else.
    let kinds = |names: &[&str]| {
        let states: Vec<Value> = (0..256)
            .map(|id| format!("k{id:03}"))
            .chain(names.iter().flat_map(|name| (0..60).map(move |id| format!("{name}{id}"))))
            .map(|key| json!({"partition": {key: "a"}, "cursor": {"updated": "2024-05-01"}}))
            .collect();
        saved(json!({"states": states}))
    };
    assert_eq!(forward(&kinds(&["x"]), &kinds(&["z"])), not_read());
    assert_eq!(forward(&kinds(&["x"]), &kinds(&["x"])), silent());
    let tokens = |value: &dyn Fn(usize) -> Value| {
        let states: Vec<Value> = (0..30)
            .map(|id| json!({"partition": {"board": "a"}, "cursor": with(ids(300, day()), "z", value(id))}))
            .collect();
        saved(json!({"states": states}))
    };
    let texts = tokens(&|id| json!("-/".repeat(id) + "-"));
    assert_eq!(forward(&texts, &tokens(&|id| json!([id]))), not_read());
    assert_eq!(forward(&texts, &texts), silent());
    // A list of partitions that is none fails before anything is looked for.
    let broken = json!({"states": 7, "state": with(ids(300, day()), "updated", day())});
    assert_eq!(forward(&saved(broken), &of(&stream(LIST, CURSOR, ""))).0, O::Fails);
    // Under another name all is read from the start on, which may be later than a position that is left out.
    let renamed = |count: usize| {
        let cursor = with(ids(count, day()), "k998", json!("2019-05-01"));
        saved(json!({"states": [{"partition": {"board": "a"}, "cursor": cursor}]}))
    };
    let met = |count| forward(&renamed(count), &of(&stream(LIST, CURSOR, "")));
    assert_eq!(met(10).0, O::LosesData);
    assert_eq!(met(300).1, ["breaking state-cursor-key-renamed", "review state-keys-not-read"]);
    // Flat keys are compared one by one, however many there are.
    let flat = |count| plain(with(ids(count, json!(1)), "updated", day()));
    for count in 1..6 {
        assert_eq!(
            forward(&flat(count), &flat(count + 1)),
            (O::Resumes, vec!["cosmetic state-key-added".to_owned()])
        );
    }
    assert_eq!(forward(&flat(5), &flat(2)), (O::Unknown, vec!["review state-key-removed".to_owned()]));
    assert_eq!(
        forward(&flat(3), &plain(with(ids(4, json!(1)), "updated", json!("2024-05-01T00:00:00Z")))),
        (
            O::Unknown,
            vec!["review state-cursor-format-changed".to_owned(), "cosmetic state-key-added".to_owned()]
        )
    );
}

/// Several samples on a side: whatever their order, and what one leaves out another may show.
#[test]
fn several_samples_of_a_side() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(
        folder.path().join("manifest.yaml"),
        manifest(&stream(
            &substream("id", "board", &parent("par", "", CURSOR), ", incremental_dependency: true"),
            CURSOR,
            "",
        )),
    )
    .expect("a temporary file");
    let file = |name: &str, given: Given| {
        let path = folder.path().join(name);
        fs::write(&path, given.state.expect("a state").to_string()).expect("a temporary file");
        path
    };
    let told = |old: [&std::path::PathBuf; 2], new: Side| {
        let states = old.into_iter().cloned().collect();
        let report = compare(
            &connector(&Side { path: old[1].clone(), states, ..Side::default() }),
            &connector(&new),
            &Options::default(),
        );
        let findings: Vec<String> = report
            .findings
            .iter()
            .map(|finding| format!("{} {}", finding.level.name(), finding.rule))
            .collect();
        (ways(&report).0.outcome, findings)
    };
    let of_manifest = || Side { path: folder.path().join("manifest.yaml"), ..Side::default() };
    // The position of a parent, in one form and in another.
    let with_parent = |state: Value| {
        saved(
            json!({"states": [{"partition": {"board": 1, "parent_slice": {}}, "cursor": {"updated": "2024-05-01"}}], "parent_state": {"par": state}}),
        )
    };
    let good = file("good.json", with_parent(json!({"updated": "2024-05-01"})));
    let bad = file("bad.json", with_parent(json!({"updated": [1], "x": "y"})));
    let found = told([&good, &bad], of_manifest());
    assert_eq!(found, told([&bad, &good], of_manifest()));
    assert_eq!(found.0, O::Fails);
    // What its own version does not read hides nothing of what it reads.
    let two = stream(
        "",
        r#"{type: DatetimeBasedCursor, cursor_field: updated, datetime_format: "%Y-%m-%d", cursor_datetime_formats: ["%Y-%m-%d", "%s"], start_datetime: "2020-01-01"}"#,
        "",
    );
    for (name, stream) in [("two", two), ("one", stream("", CURSOR, ""))] {
        fs::create_dir(folder.path().join(name)).expect("a temporary folder");
        fs::write(folder.path().join(name).join("manifest.yaml"), manifest(&stream))
            .expect("a temporary file");
    }
    let seconds = file("seconds.json", saved(json!({"updated": "1714521600"})));
    let odd = file("odd.json", saved(json!({"updated": "x-1"})));
    let met = |states: &[&std::path::PathBuf]| {
        let states = states.iter().map(|path| path.to_path_buf()).collect();
        let old = Side { path: folder.path().join("two"), states, ..Side::default() };
        let new = Side { path: folder.path().join("one"), ..Side::default() };
        let report = compare(&connector(&old), &connector(&new), &Options::default());
        (ways(&report).0.outcome, report.findings.iter().filter(|one| one.level == Level::Breaking).count())
    };
    for states in [vec![&seconds], vec![&seconds, &odd], vec![&odd, &seconds]] {
        assert_eq!(met(&states), (O::Fails, 1));
    }
    assert_eq!(met(&[&odd]), (O::Unknown, 0));
    // Side by side with the nearest of the other side, whatever comes first.
    let state = |name: &str, state: Value| file(name, saved(state));
    let map = state("map.json", json!({"7": {"updated": "2024-05-01"}, "8": {"updated": "2024-05-01"}}));
    let (empty, plain) =
        (state("empty.json", json!({})), state("plain.json", json!({"updated": "2024-05-01"})));
    let beside = |old: &std::path::PathBuf, new: [&std::path::PathBuf; 2]| {
        let side = |path: &std::path::PathBuf, states: Vec<std::path::PathBuf>| {
            connector(&Side { path: path.clone(), states, ..Side::default() })
        };
        compare(&side(old, Vec::new()), &side(new[0], vec![new[1].clone()]), &Options::default())
    };
    let outcome = |new: [&std::path::PathBuf; 2]| ways(&beside(&plain, new)).0.outcome;
    assert_eq!((outcome([&map, &empty]), outcome([&empty, &map])), (O::Unknown, O::Unknown));
    let rules: Vec<String> =
        beside(&plain, [&empty, &map]).findings.iter().map(|one| one.rule.to_string()).collect();
    assert_eq!(rules, ["state-class-changed"]);
    assert_eq!((outcome([&map, &plain]), outcome([&plain, &map])), (O::Resumes, O::Resumes));
    // The place is that of the samples that show it.
    let number = state("number.json", json!({"updated": 5}));
    let report = beside(&number, [&empty, &plain]);
    let place = report.findings[0].origin.new.as_ref().map(|origin| origin.file.clone()).expect("a place");
    assert!(place.ends_with("plain.json"), "{place}");
    let versions = |marker: u8| json!({"version": marker, "state_type": "cursor_based", "cursor": "7"});
    let (second, third) = (state("second.json", versions(2)), state("third.json", versions(3)));
    let found = |new| beside(&second, new).findings.len();
    assert_eq!((found([&second, &third]), found([&third, &second]), found([&third, &third])), (0, 0, 1));
    // Of 300 kinds of partition one sample has the last alone.
    let kinds = |ids: std::ops::Range<usize>| {
        let states: Vec<Value> = ids
            .map(|id| json!({"partition": {format!("k{id:03}"): "a"}, "cursor": {"updated": "2024-05-01"}}))
            .collect();
        saved(json!({"states": states}))
    };
    let (last, all) = (file("last.json", kinds(299..300)), file("all.json", kinds(0..300)));
    assert_eq!(told([&last, &all], Side { path: all.clone(), ..Side::default() }), (O::Resumes, Vec::new()));
    // The same of keys at the top.
    let keys = |count: usize| {
        let ids = (0..count).map(|id| (format!("k{id:03}"), json!(1)));
        saved(Value::Object(ids.chain([("updated".to_owned(), json!("2024-05-01"))]).collect()))
    };
    let (few, many) = (file("few.json", keys(10)), file("many.json", keys(300)));
    assert_eq!(told([&few, &many], Side { path: many.clone(), ..Side::default() }), (O::Resumes, Vec::new()));
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
        ("a.json", "\"hunter2 at line hunter2, expected\" x"),
        ("a.json", "[{\"type\": \"hunter2\"}]"),
        ("a.json", "[\"hunter2\"]"),
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
