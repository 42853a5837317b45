//! The forms that a file of state may have: the protocol's messages, the API's, and those of early connectors.

use connector_diff::model::{SavedState, StateOutcome};
use serde_json::{Value, json};

use crate::components::*;
use crate::rows::*;
use crate::sides;

/// What is saved of one stream.
fn of_orders() -> Value {
    partitions("board", [json!("a"), json!("b")], true)
}

fn of_refunds() -> Value {
    json!({"changed": "2024-05-01"})
}

/// Both states, each in an envelope.
fn each(envelope: impl Fn(&str, &Value) -> Value) -> Value {
    json!([envelope("orders", &of_orders()), envelope("refunds", &of_refunds())])
}

/// Each value of a list in a line.
fn lines(list: &Value) -> String {
    list.as_array().expect("a list").iter().map(|line| format!("{line}\n")).collect()
}

fn of_protocol(name: &str, state: &Value) -> Value {
    json!({"stream_descriptor": {"name": name}, "stream_state": state})
}

fn of_api(name: &str, state: &Value) -> Value {
    json!({"streamDescriptor": {"name": name}, "streamState": state})
}

/// The message inside of an AirbyteMessage.
fn wrapped(name: &str, state: &Value) -> Value {
    json!({"type": "STATE", "state": message(name, state)})
}

fn global() -> Value {
    json!({"type": "GLOBAL", "global": {"shared_state": {"lsn": 1}, "stream_states": each(of_protocol)}})
}

fn legacy() -> Value {
    json!({"orders": of_orders(), "refunds": of_refunds()})
}

/// What is kept of a list of messages.
fn expected() -> Vec<(String, SavedState)> {
    shapes(&each(message).to_string())
}

#[track_caller]
fn all_are_read_alike<const N: usize>(texts: [String; N]) {
    for text in texts {
        assert_eq!(shapes(&text), expected(), "{text}");
    }
}

#[test]
fn a_list_of_messages_gives_each_stream_its_state() {
    let streams = expected();
    assert_eq!(streams.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["orders", "refunds"]);
    assert_eq!(streams[0].1.partitions.len(), 1);
}

#[test]
fn messages_of_streams_in_a_list_or_in_lines() {
    // Some connectors repeat all states in each message, as they did before there were messages per stream.
    let with_data = |name: &str, state: &Value| {
        let data = json!({"orders": {"changed": 7}});
        json!({"type": "STREAM", "stream": of_protocol(name, state), "data": data})
    };
    let with_null = |name: &str, state: &Value| json!({"state": null, "stream": of_protocol(name, state), "type": "STREAM"});
    // Early messages have no type.
    let without_type = |name: &str, state: &Value| json!({"stream": of_protocol(name, state)});
    all_are_read_alike([
        format!("{:#}", each(message)),
        each(with_data).to_string(),
        each(wrapped).to_string(),
        lines(&each(message)),
        lines(&each(wrapped)),
        lines(&each(without_type)),
        format!("starting\n{}done\n", lines(&each(wrapped))),
        each(with_null).to_string(),
    ]);
}

#[test]
fn what_was_saved_on_the_way_no_longer_counts() {
    let early = json!({"changed": 1});
    let early_global =
        json!({"type": "GLOBAL", "global": {"stream_states": [of_protocol("orders", &early)]}});
    let early_legacy = json!({"type": "LEGACY", "data": {"orders": early}});
    all_are_read_alike([
        format!("{}{}", format!("{}\n", wrapped("orders", &early)).repeat(10_000), lines(&each(wrapped))),
        json!([early_global, global()]).to_string(),
        json!([early_legacy, {"type": "LEGACY", "data": legacy()}]).to_string(),
    ]);
}

#[test]
fn one_message_for_all_streams() {
    all_are_read_alike([
        global().to_string(),
        json!([global()]).to_string(),
        json!({"type": "STATE", "state": global()}).to_string(),
        json!({"global": global()["global"], "type": "GLOBAL"}).to_string(),
        json!({"global": global()["global"]}).to_string(),
    ]);
}

#[test]
fn one_legacy_object_for_all_streams() {
    all_are_read_alike([
        legacy().to_string(),
        json!({"type": "LEGACY", "data": legacy()}).to_string(),
        json!({"data": legacy(), "type": "LEGACY"}).to_string(),
        json!([{"type": "LEGACY", "data": legacy()}]).to_string(),
    ]);
}

#[test]
fn state_as_the_api_prints_it() {
    all_are_read_alike([
        each(of_api).to_string(),
        lines(&each(of_api)),
        json!({"connectionId": "7", "stateType": "stream", "streamState": each(of_api)}).to_string(),
        json!({"stateType": "global", "globalState": {"streamStates": each(of_api)}}).to_string(),
        json!({"stateType": "legacy", "state": legacy()}).to_string(),
    ]);
    assert_eq!(shapes(&of_api("orders", &of_orders()).to_string()), expected()[..1]);
}

#[test]
fn state_as_the_api_prints_it_is_met_as_any_other() {
    let streams = json!([of_api("orders", &of_refunds())]);
    let connection = json!({"connectionId": "7", "stateType": "stream", "streamState": streams});
    for state in [streams.clone(), connection] {
        assert_eq!(
            forward(sample(state), orders()),
            outcome(StateOutcome::ReadsAgain, &["breaking state-cursor-key-renamed"])
        );
    }
    let global =
        json!({"stateType": "global", "globalState": {"sharedState": {"lsn": 1}, "streamStates": streams}});
    assert_eq!(forward(sample(global), orders()).1, ["breaking state-envelope-stream-global-switched"]);
}

#[test]
fn state_in_yaml() {
    let stream = of_protocol("orders", &of_orders());
    let text = format!("type: STATE\nstate:\n  type: STREAM\n  stream: {stream}\n");
    let side = sides::side("side", &[("state.yaml", &text)]);
    assert_eq!(side.states[0].messages[0].streams()[0].saved, expected()[0].1);
}

#[test]
fn the_list_that_database_sources_kept_and_a_stream_that_is_called_like_it() {
    let database =
        json!({"cdc": false, "streams": [{"stream_name": "orders", "cursor_field": ["id"], "cursor": "7"}]});
    assert_eq!(shapes(&database.to_string())[0].0, "orders");
    assert_eq!(shapes(&json!({"type": "LEGACY", "data": {"streams": [1]}}).to_string())[0].0, "streams");
}
