//! What a row has: manifests of one stream called `orders`, states of it, and what is expected of them.

use connector_diff::model::{ConnectorReport, SavedState, StateMeeting, StateOutcome as O};
use connector_diff::tree::Memory;
use connector_diff::{Options, compare};
use serde_json::{Value, json};

use crate::components::{Component, manifest};
use crate::sides;

/// What one side has.
#[derive(Default, Clone)]
pub(crate) struct Given {
    manifest: Option<String>,
    state: Option<String>,
}

impl From<Component> for Given {
    /// A manifest of this stream.
    fn from(stream: Component) -> Self {
        of_manifest(&manifest(&stream))
    }
}

impl From<&Given> for Given {
    fn from(given: &Given) -> Self {
        given.clone()
    }
}

impl Given {
    /// The same with the sample of another beside it.
    pub(crate) fn beside(self, sample: Given) -> Self {
        Self { state: sample.state, ..self }
    }

    /// The text of the sample.
    pub(crate) fn sample(&self) -> &str {
        self.state.as_deref().expect("a sample")
    }

    /// The files of the side.
    pub(crate) fn tree(&self, name: &str) -> Memory {
        let files = [("manifest.yaml", &self.manifest), ("state.json", &self.state)];
        files.into_iter().fold(Memory::new(name), |tree, (file, text)| match text {
            Some(text) => tree.file(file, text),
            None => tree,
        })
    }
}

/// A manifest and nothing else.
pub(crate) fn of(stream: &Component) -> Given {
    stream.clone().into()
}

pub(crate) fn of_manifest(manifest: &Component) -> Given {
    Given { manifest: Some(manifest.text()), state: None }
}

/// A message with state of a stream.
pub(crate) fn message(stream: &str, state: &Value) -> Value {
    json!({"type": "STREAM", "stream": {"stream_descriptor": {"name": stream}, "stream_state": state}})
}

/// A sample with state of `orders`.
pub(crate) fn saved(state: Value) -> Given {
    sample(json!([message("orders", &state)]))
}

/// A sample in any envelope.
pub(crate) fn sample(state: Value) -> Given {
    Given { manifest: None, state: Some(state.to_string()) }
}

/// State of `orders` at one day.
pub(crate) fn day() -> Value {
    json!({"updated": "2024-05-01"})
}

/// State of `orders` with partitions and nothing beside them.
pub(crate) fn in_partitions(partitions: impl IntoIterator<Item = Value>) -> Value {
    json!({"states": partitions.into_iter().collect::<Value>()})
}

/// The position of one partition.
pub(crate) fn at(partition: Value, cursor: Value) -> Value {
    json!({"partition": partition, "cursor": cursor})
}

/// State of two partitions as the CDK saves it, by whether the position of all stands beside them.
pub(crate) fn partitions(key: &str, values: [Value; 2], has_global: bool) -> Value {
    let mut state = in_partitions(values.map(|value| at(json!({key: value}), day())));
    state["use_global_cursor"] = json!(false);
    state["lookback_window"] = json!(1);
    if has_global {
        state["state"] = day();
    }
    state
}

pub(crate) fn check(old: impl Into<Given>, new: impl Into<Given>) -> ConnectorReport {
    let load = |name: &str, given: Given| sides::load(given.tree(name));
    compare(&load("old", old.into()), &load("new", new.into()), &Options::default())
}

/// What state of `orders` does under the new version, and back under the old one.
pub(crate) fn ways(report: &ConnectorReport) -> (StateMeeting, StateMeeting) {
    let state =
        report.states.iter().find(|state| &*state.stream.name == "orders").unwrap_or_else(|| {
            panic!("no state of orders in {:?}; errors {:?}", report.states, report.errors)
        });
    (state.forward.clone(), state.back.clone())
}

/// The outcome for `orders` under the new version, and the findings of state with their levels.
pub(crate) fn forward(old: impl Into<Given>, new: impl Into<Given>) -> (O, Vec<String>) {
    let report = check(old, new);
    assert!(report.errors.is_empty(), "{:?}", report.errors);
    (ways(&report).0.outcome, state_findings(&report))
}

pub(crate) fn state_findings(report: &ConnectorReport) -> Vec<String> {
    let of_state = report.findings.iter().filter(|finding| finding.rule.starts_with("state-"));
    of_state.map(|finding| format!("{} {}", finding.level.name(), finding.rule)).collect()
}

/// An outcome as [`forward`] gives it.
pub(crate) fn outcome(outcome: O, findings: &[&str]) -> (O, Vec<String>) {
    (outcome, findings.iter().map(ToString::to_string).collect())
}

/// State that is not kept whole, and the question that it is.
pub(crate) fn not_read() -> (O, Vec<String>) {
    outcome(O::Unknown, &["review state-keys-not-read"])
}

/// State that goes on, and nothing to say.
pub(crate) fn silent() -> (O, Vec<String>) {
    outcome(O::Resumes, &[])
}

/// A change, and what is expected of the state that the old side saved or would save.
pub(crate) struct Row {
    change: &'static str,
    why: &'static str,
    old: Given,
    new: Given,
    expected: Option<(O, Vec<String>)>,
}

/// A row, with a sentence that says why the state does what it does.
pub(crate) fn row(change: &'static str, why: &'static str) -> Row {
    Row { change, why, old: Given::default(), new: Given::default(), expected: None }
}

impl Row {
    /// What the old side has.
    pub(crate) fn before(self, old: impl Into<Given>) -> Self {
        Self { old: old.into(), ..self }
    }

    /// What the new side has.
    pub(crate) fn after(self, new: impl Into<Given>) -> Self {
        Self { new: new.into(), ..self }
    }

    /// The outcome under the new side, and the findings of state.
    pub(crate) fn does(self, does: O, findings: &[&str]) -> Self {
        Self { expected: Some(outcome(does, findings)), ..self }
    }
}

/// All rows are tried, so that a failure shows the whole of it.
pub(crate) fn hold(rows: impl IntoIterator<Item = Row>) {
    let mut wrong = Vec::new();
    for Row { change, why, old, new, expected } in rows {
        let expected = expected.unwrap_or_else(|| panic!("{change}: the row expects nothing"));
        let found = forward(&old, &new);
        if found != expected {
            wrong.push(format!("{change}: expected {expected:?}, found {found:?}\n   {why}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The streams of a file of state, each with what is kept of its state.
pub(crate) fn shapes(text: &str) -> Vec<(String, SavedState)> {
    let side = sides::load(sides::file("state.json", text));
    assert!(side.errors.is_empty(), "{text}: {:?}", side.errors);
    let messages = side.states.iter().flat_map(|sample| &sample.messages);
    let states = messages.flat_map(|message| message.streams());
    states.map(|state| (state.id.name.to_string(), state.saved.clone())).collect()
}
