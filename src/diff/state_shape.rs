//! What kind of state a blob is, and the form of what it holds. Values, order and the number of partitions never
//! matter.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value};

/// The kinds of state that connectors save.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum StateClass {
    /// `{cursor: value}`.
    Simple,
    /// `{"states": [{"partition": …, "cursor": …}]}`.
    PerPartition,
    /// One position for all partitions.
    GlobalSubstream,
    /// `{"slices": […], "state_type": …}`.
    Slices,
    /// `{"__ab_full_refresh_sync_complete": true}`.
    ResumableDone,
    /// `{"__ab_no_cursor_state_message": true}`.
    NoCursor,
    /// `{"history": {file: time}}`.
    FileHistory,
    /// `{"version": …, "state_type": …}` of database sources.
    Versioned,
    /// `{partition id: {cursor: value}}` of Python substreams.
    LegacyMap,
    /// Anything else.
    Opaque,
}

impl StateClass {
    /// In words.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Simple => "one position",
            Self::PerPartition => "one position per partition",
            Self::GlobalSubstream => "one position for all partitions",
            Self::Slices => "date ranges",
            Self::ResumableDone | Self::NoCursor => "a full refresh marker",
            Self::FileHistory => "a history of files",
            Self::Versioned => "a database position",
            Self::LegacyMap => "a map by partition id",
            Self::Opaque => "a form of its own",
        }
    }
}

/// How a value is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    /// A JSON number; how many digits before the point tells seconds from milliseconds.
    Number(&'static str),
    /// A text that looks like this.
    Text(String),
    /// Null or an empty text.
    Empty,
    /// Anything else.
    Other(&'static str),
}

impl Form {
    /// Whether both are numbers, or both texts.
    pub(super) fn same_type(&self, other: &Form) -> bool {
        matches!(
            (self, other),
            (Form::Number(_), Form::Number(_))
                | (Form::Text(_), Form::Text(_))
                | (Form::Empty, _)
                | (_, Form::Empty)
        ) || self == other
    }

    /// Whether two forms of one JSON type are read differently for sure: times written in different ways, or epochs
    /// of different units. Other texts and numbers may look like anything.
    pub(super) fn conflicts(&self, other: &Form) -> bool {
        match (self, other) {
            (Form::Text(old), Form::Text(new)) => {
                let readable = |text: &str| TIME.is_match(text) || text.starts_with("epoch");
                let zulu_was_written = old.contains('Z') || !new.contains('Z');
                // A format with %z reads both spellings of Greenwich once Z was written.
                let same =
                    old == new || zulu_was_written && old.replace('Z', "+0:0") == new.replace('Z', "+0:0");
                (readable(old) || readable(new)) && !same
            }
            (Form::Number(old), Form::Number(new)) => old.starts_with("epoch") && new.starts_with("epoch"),
            _ => false,
        }
    }

    pub(super) fn describe(&self) -> String {
        match self {
            Form::Number(size) => format!("a number ({size})"),
            Form::Text(look) => format!("a text like {look}"),
            Form::Empty => "empty".to_owned(),
            Form::Other(kind) => (*kind).to_owned(),
        }
    }
}

/// What a blob shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) class: StateClass,
    /// The keys of the cursor, each with the forms its values have.
    pub(super) cursor: BTreeMap<String, BTreeSet<Form>>,
    /// The keys of partitions with the JSON types of their values.
    pub(super) partition: BTreeMap<String, BTreeSet<&'static str>>,
    /// Whether a global position is kept beside the partitions.
    pub(super) global: bool,
    pub(super) parents: BTreeSet<String>,
    /// `version` and `state_type`.
    pub(super) marker: String,
    pub(super) keys: BTreeSet<String>,
}

/// Classifies a state blob.
pub(super) fn of(blob: &Value) -> Shape {
    let mut shape = Shape {
        class: StateClass::Opaque,
        cursor: BTreeMap::new(),
        partition: BTreeMap::new(),
        global: false,
        parents: BTreeSet::new(),
        marker: String::new(),
        keys: BTreeSet::new(),
    };
    let Some(map) = blob.as_object() else { return shape };
    shape.keys = map.keys().cloned().collect();
    if let Some(parents) = map.get("parent_state").and_then(Value::as_object) {
        shape.parents = parents.keys().cloned().collect();
    }
    shape.class = class_of(map);
    match shape.class {
        StateClass::Simple => shape.add_cursor(map),
        StateClass::PerPartition => {
            for state in map["states"].as_array().into_iter().flatten() {
                if let Some(cursor) = state["cursor"].as_object() {
                    shape.add_cursor(cursor);
                }
                for (key, value) in state["partition"].as_object().into_iter().flatten() {
                    if key != "parent_slice" || value.as_object().is_some_and(|slice| !slice.is_empty()) {
                        shape.partition.entry(key.clone()).or_default().insert(json_type(value));
                    }
                }
            }
            shape.add_global(map);
        }
        StateClass::GlobalSubstream => shape.add_global(map),
        StateClass::FileHistory => {
            for value in map["history"].as_object().into_iter().flat_map(Map::values) {
                shape.cursor.entry("history".to_owned()).or_default().insert(form(value));
            }
        }
        StateClass::LegacyMap => {
            for value in map.values() {
                if let Some(cursor) = value.as_object() {
                    shape.add_cursor(cursor);
                }
            }
        }
        StateClass::Versioned => {
            shape.marker = format!("version {} state_type {}", map["version"], map["state_type"]);
        }
        _ => {}
    }
    shape
}

fn class_of(map: &Map<String, Value>) -> StateClass {
    let is_array = |key: &str| map.get(key).is_some_and(Value::is_array);
    let is_object = |key: &str| map.get(key).is_some_and(Value::is_object);
    if map.contains_key("__ab_full_refresh_sync_complete") {
        StateClass::ResumableDone
    } else if map.contains_key("__ab_no_cursor_state_message") {
        StateClass::NoCursor
    } else if is_object("history") {
        StateClass::FileHistory
    } else if is_array("states") {
        StateClass::PerPartition
    } else if map.contains_key("use_global_cursor")
        || (is_object("state") && map.contains_key("lookback_window"))
    {
        StateClass::GlobalSubstream
    } else if is_array("slices") {
        StateClass::Slices
    } else if map.contains_key("version") && map.contains_key("state_type") {
        StateClass::Versioned
    } else if map.is_empty() {
        StateClass::Opaque
    } else if map.values().all(|value| value.as_object().is_some_and(|inner| inner.len() == 1)) {
        StateClass::LegacyMap
    } else if map.values().all(is_small) && map.values().filter(|value| !value.is_object()).count() <= 3 {
        StateClass::Simple
    } else {
        StateClass::Opaque
    }
}

/// A plain value, or an empty object that says nothing.
fn is_small(value: &Value) -> bool {
    !value.is_array() && value.as_object().is_none_or(Map::is_empty)
}

impl Shape {
    /// Whether no position is saved at all.
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    fn add_cursor(&mut self, cursor: &Map<String, Value>) {
        for (key, value) in cursor.iter().filter(|(_, value)| !value.is_object()) {
            self.cursor.entry(key.clone()).or_default().insert(form(value));
        }
    }

    fn add_global(&mut self, map: &Map<String, Value>) {
        if let Some(state) = map.get("state").and_then(Value::as_object).filter(|state| !state.is_empty()) {
            self.global = true;
            let state = state.clone();
            self.add_cursor(&state);
        }
    }

    /// Adds what another sample of the same class shows.
    pub(super) fn join(&mut self, other: Shape) {
        for (key, forms) in other.cursor {
            self.cursor.entry(key).or_default().extend(forms);
        }
        for (key, types) in other.partition {
            self.partition.entry(key).or_default().extend(types);
        }
        self.global |= other.global;
        self.parents.extend(other.parents);
        self.keys.extend(other.keys);
    }
}

fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

/// A date or timestamp whose digits were folded.
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^0[-/]0(?:[-/]0)?(?:[T ]0:0(?::0(?:\.0)?)?)?(?: ?(?:Z|[+-]0(?::?0)?))?$")
        .expect("a valid pattern")
});

static DIGITS: LazyLock<Regex> = LazyLock::new(|| Regex::new("[0-9]+").expect("a valid pattern"));

/// The form of a value. A text's digits become one `0` a run and its letters, but for the `T` and `Z` of a timestamp,
/// one `a`: two dates look alike, a date and a timestamp do not, and nothing of the value is left to show.
fn form(value: &Value) -> Form {
    match value {
        Value::Null => Form::Empty,
        Value::String(text) if text.is_empty() => Form::Empty,
        Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Form::Text(magnitude(text.len()).to_owned())
        }
        Value::String(text) => {
            let look = DIGITS.replace_all(text, "0");
            let is_time = TIME.is_match(&look);
            let look = if is_time { look.into_owned() } else { without_letters(&look) };
            // A zone offset may be east or west of Greenwich without being another form.
            Form::Text(look.replace("T0:0:0-0", "T0:0:0+0").replace("T0:0:0.0-0", "T0:0:0.0+0"))
        }
        Value::Number(number) => {
            let digits = number.as_f64().map_or(0, |value| format!("{:.0}", value.abs()).len());
            Form::Number(magnitude(digits))
        }
        other => Form::Other(json_type(other)),
    }
}

/// One `a` for each run of letters.
fn without_letters(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        let letter = character.is_alphabetic();
        if !(letter && folded.ends_with('a')) {
            folded.push(if letter { 'a' } else { character });
        }
    }
    folded
}

fn magnitude(digits: usize) -> &'static str {
    match digits {
        0..=8 => "a small number",
        9..=11 => "epoch seconds",
        12..=14 => "epoch milliseconds",
        _ => "a large number",
    }
}
