//! Files of saved state: every form, every error, and what is kept of them.

use std::collections::BTreeMap;
use std::fs;

use crate::given::*;
use connector_diff::load::{Side, connector};
use connector_diff::model::{StateOutcome as O, StateSample};
use connector_diff::{Options, compare};
use serde_json::{Value, json};

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
        ("\"hunter2\"", "expected a list of state messages or a legacy state object"),
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
