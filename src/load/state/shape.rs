//! What kind of state a blob is, and the form of what it holds.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::de::MapAccess;
use serde_json::Value;
use serde_json::value::RawValue;

use super::form;
use super::stream::{self, Blob, Sink, To};
use crate::load::json::{self, RawObject};
use crate::model::{
    FileKey, Form, JsonType, PartitionForm, PartitionValue, Positions, SavedState, StateClass, StateMarker,
    StateVersion, UnreadKeys, UnreadPartitions, is_time, shown_key,
};
use crate::nesting;

/// So many values of one look are kept from either end of their order, for reading them in another format: of dates the
/// earliest is the one that matters.
const KEPT_AT_AN_END: usize = 32;

/// So many of one form are kept, and so many looks are told apart: tokens of letters all look different.
const KEPT_PER_FORM: usize = 1_024;

/// So many forms are told apart where there are more looks than that.
const MOST_FORMS: usize = 64;

/// So many keys are kept, and so many kinds of partition: where there are more, ids stand where names of fields do.
const MOST_KEYS: usize = 256;

/// States of parents of parents are followed this deep.
const DEEPEST_PARENT: usize = 16;

/// Why the state of a stream cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// It holds what no Rust text or number can.
    Text,
    /// A value in it nests deeper than the limit.
    TooDeep,
}

/// Classifies the state of a stream.
///
/// # Errors
/// The text cannot be read as a whole.
pub(super) fn read(text: &str) -> Result<SavedState, Unread> {
    at_depth(text, 0)
}

fn at_depth(text: &str, depth: usize) -> Result<SavedState, Unread> {
    let mut blob = Blob::default();
    stream::read_into(text, &mut blob)
        .map_err(|error| if error.is_limit { Unread::TooDeep } else { Unread::Text })?;
    shape(blob, depth)
}

fn shape(mut blob: Blob<'_>, depth: usize) -> Result<SavedState, Unread> {
    if blob.json_type != JsonType::Object {
        let is_null = blob.json_type == JsonType::Null;
        let mut saved = SavedState::of(if is_null { StateClass::Empty } else { StateClass::Opaque });
        saved.marker = if is_null { StateMarker::None } else { StateMarker::Type(blob.json_type) };
        return Ok(saved);
    }
    // The CDK carries the marker of a full refresh along beside the position that came later.
    if blob.entries.len() > 1 || blob.states {
        blob.entries.remove("__ab_no_cursor_state_message");
    }
    let map = &blob.entries;
    let mut saved = SavedState::of(class_of(&blob));
    let mut cursor = Cursor::default();
    let object = |key: &str| map.get(key).and_then(|text| RawObject::parse(text).ok()).unwrap_or_default();
    match saved.class {
        StateClass::Simple | StateClass::ResumableToken => {
            map.iter().for_each(|(key, text)| cursor.plain_position(key, text));
        }
        StateClass::PerPartition => {
            cursor = blob.cursor;
            saved.partitions = blob.partitions.forms;
            saved.other_partitions = blob.partitions.others;
            saved.global = cursor.add_global(&object("state"));
            saved.is_broken = !blob.states;
            // Partitions that a full refresh marked as done have no position.
            if cursor.keys.is_empty() && !saved.partitions.is_empty() {
                saved.class = StateClass::ResumableDone;
            }
        }
        StateClass::GlobalSubstream => saved.global = cursor.add_global(&object("state")),
        StateClass::Slices => {
            let slices = map.get("slices").and_then(|text| json::elements(text).ok()).unwrap_or_default();
            saved.is_broken = slices.is_empty();
            for slice in slices {
                let slice = RawObject::parse(slice.get()).unwrap_or_default();
                saved.is_broken |= !(slice.has("start") && slice.has("end"));
                for key in ["start", "end"] {
                    if let Some(text) = slice.get(key) {
                        cursor.position("slices", text);
                    }
                }
            }
        }
        StateClass::FileHistory => {
            let mut kinds = BTreeSet::new();
            for (key, text) in object("history").by_key() {
                kinds.insert(file_key(key));
                cursor.position("history", text);
            }
            saved.marker = StateMarker::Files(kinds);
        }
        StateClass::LegacyMap => map.values().for_each(|text| cursor.add(text)),
        StateClass::Versioned => {
            // A number or a name; anything longer may be a value.
            let short = |text: &&str| text.len() <= 24 && !text.starts_with(['{', '[']);
            let marker = |key: &str| {
                map.get(key).map(|text| if short(text) { (*text).to_owned() } else { "…".to_owned() })
            };
            saved.marker = StateMarker::Version(StateVersion {
                version: marker("version"),
                state_type: marker("state_type"),
            });
            if let Some(text) = map.get("cursor") {
                cursor.position("cursor", text);
            }
        }
        // A cursor finds its field whatever stands beside it.
        StateClass::Opaque => {
            let mut inside = Cursor::default();
            for (key, text) in map {
                match text.chars().next() {
                    Some('[') => inside.nest(key, text),
                    Some('{') => inside.add(text),
                    _ => cursor.position(key, text),
                }
            }
            cursor.nested = inside.nested.take();
            saved.other_inside_keys = std::mem::take(&mut inside.other_keys);
            saved.inside = inside.positions();
        }
        StateClass::Empty | StateClass::ResumableDone | StateClass::NoCursor => {}
    }
    if !saved.is_flat() {
        let mut beside = Cursor::default();
        map.iter()
            .filter(|(key, text)| !text.starts_with(['{', '[']) && !is_word(key))
            .for_each(|(key, text)| beside.position(key, text));
        saved.beside = beside.positions();
    }
    if let Some(mut nested) = cursor.nested.take() {
        if nested.is_too_deep {
            return Err(Unread::TooDeep);
        }
        saved.other_nested_keys = std::mem::take(&mut nested.other_keys);
        saved.nested = nested.positions();
    }
    saved.other_keys = std::mem::take(&mut cursor.other_keys);
    saved.cursor = cursor.positions();
    let at_top = if saved.is_flat() { &saved.cursor } else { &saved.beside };
    for key in map.keys().skip(MOST_KEYS) {
        if at_top.contains_key(key.as_ref()) || saved.may_hide(key, true) {
            continue;
        }
        // Only flat states are compared by their keys at the top.
        if saved.is_flat() {
            saved.other_top_keys.add(key, UnreadKeys::ANY_FORM);
        } else {
            saved.other_top_keys.add_name(key);
        }
    }
    if depth < DEEPEST_PARENT {
        for (name, text) in object("parent_state").by_key() {
            let parent = match at_depth(text, depth + 1) {
                Err(Unread::Text) => SavedState::of(StateClass::Opaque),
                read => read?,
            };
            saved.parents.insert(name.to_owned(), parent);
        }
    }
    saved.keys = map.keys().take(MOST_KEYS).map(|key| key.clone().into_owned()).collect();
    if blob.states {
        saved.keys.insert("states".to_owned());
    }
    Ok(saved)
}

fn class_of(blob: &Blob<'_>) -> StateClass {
    let map = &blob.entries;
    let starts = |key: &str, with: char| map.get(key).is_some_and(|text| text.starts_with(with));
    let is_object = |key: &str| starts(key, '{');
    if map.is_empty() && !blob.states {
        StateClass::Empty
    } else if map.contains_key("__ab_full_refresh_sync_complete") {
        StateClass::ResumableDone
    } else if map.contains_key("__ab_no_cursor_state_message") {
        StateClass::NoCursor
    } else if is_object("history") {
        StateClass::FileHistory
    } else if blob.states || map.contains_key("states") {
        StateClass::PerPartition
    } else if map.contains_key("use_global_cursor")
        || is_object("state")
            && (map.keys().all(|key| ["state", "parent_state"].contains(&&**key) || is_word(key))
                || !map.values().all(|text| has_one_key(text)))
    {
        StateClass::GlobalSubstream
    } else if map.get("state_type").is_some_and(|kind| ["\"date-range\"", "\"integer\""].contains(kind)) {
        StateClass::Slices
    } else if map.contains_key("version") && map.contains_key("state_type")
        || map.contains_key("stream_name") && map.contains_key("cursor_field")
    {
        StateClass::Versioned
    } else if map.len() == 1 && map.contains_key("next_page_token") {
        StateClass::ResumableToken
    } else if map.values().all(|text| has_one_key(text)) {
        StateClass::LegacyMap
    } else if map.values().all(|text| is_small(text))
        && map.values().filter(|text| !text.starts_with('{')).count() <= 3
    {
        StateClass::Simple
    } else {
        StateClass::Opaque
    }
}

/// What files are told apart by in a history of files, by the look of a key.
fn file_key(key: &str) -> FileKey {
    let mut look = String::new();
    form::fold_digits(key, &mut look);
    match () {
        () if is_time(&look) => FileKey::Day,
        () if key.contains("://") => FileKey::Url,
        () => FileKey::Path,
    }
}

/// Keys that the CDK writes beside positions.
fn is_word(key: &str) -> bool {
    ["use_global_cursor", "lookback_window", "state_type"].contains(&key) || key.starts_with("__ab_")
}

fn has_one_key(text: &str) -> bool {
    RawObject::parse(text).is_ok_and(|object| object.by_key().len() == 1)
}

/// A plain value, or an empty object that says nothing.
fn is_small(text: &str) -> bool {
    match text.chars().next() {
        Some('[') => false,
        Some('{') => RawObject::parse(text).is_ok_and(|object| object.by_key().is_empty()),
        _ => true,
    }
}

/// Cursor values on the way, told apart by their look: of thousands that look alike a few are kept.
///
/// There are few keys and few looks, so a comparison finds them sooner than a hash.
#[derive(Default)]
pub(super) struct Cursor {
    keys: BTreeMap<String, Values>,
    /// Of very many keys the first in their order are kept, whatever the order of partitions.
    other_keys: UnreadKeys,
    other_forms: Forms,
    /// What lies inside values, by paths.
    nested: Option<Box<Cursor>>,
    /// A value nests deeper than the limit.
    is_too_deep: bool,
}

/// The forms of values, by their look: it takes less time to find out.
#[derive(Default)]
struct Forms {
    by_look: HashMap<String, u64>,
    /// Used again for each value.
    look: String,
}

impl Forms {
    /// What the form of a value is known by.
    fn of(&mut self, text: &str) -> u64 {
        look_of(text, &mut self.look);
        if let Some(form) = self.by_look.get(self.look.as_str()) {
            return *form;
        }
        let form = UnreadKeys::form(&form::form(&value(text)));
        if self.by_look.len() < KEPT_PER_FORM {
            self.by_look.insert(self.look.clone(), form);
        }
        form
    }
}

#[derive(Default)]
struct Values {
    by_look: BTreeMap<String, (Form, Ends)>,
    /// What has none of the looks that are told apart.
    by_form: BTreeMap<Form, Ends>,
    /// Texts that have none of the forms that are told apart.
    others: Ends,
    /// Used again for each value.
    look: String,
}

/// The first and the last of many texts. What is shown of a state does not depend on the order of its partitions.
#[derive(Default)]
struct Ends {
    first: BTreeSet<String>,
    last: BTreeSet<String>,
}

impl Ends {
    fn add(&mut self, text: &str) {
        let is_within = |end: &BTreeSet<String>, edge: Option<&String>, before: bool| {
            let is_full = end.len() >= KEPT_AT_AN_END;
            let reaches = |edge: &String| if before { text < edge.as_str() } else { text > edge.as_str() };
            (!is_full || edge.is_some_and(reaches)) && !end.contains(text)
        };
        if is_within(&self.first, self.first.last(), true) {
            self.first.insert(text.to_owned());
            if self.first.len() > KEPT_AT_AN_END {
                self.first.pop_last();
            }
        }
        if is_within(&self.last, self.last.first(), false) {
            self.last.insert(text.to_owned());
            if self.last.len() > KEPT_AT_AN_END {
                self.last.pop_first();
            }
        }
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        self.first.union(&self.last)
    }
}

impl Cursor {
    fn add(&mut self, text: &str) {
        if let Ok(object) = RawObject::parse(text) {
            object.by_key().into_iter().for_each(|(key, text)| self.plain_position(key, text));
        }
    }

    /// Beside positions an object is something else: ids may stand where names of fields do.
    fn plain_position(&mut self, key: &str, text: &str) {
        if text.starts_with('{') { self.nest(key, text) } else { self.position(key, text) }
    }

    /// Takes an object or a list that is no position for what it holds.
    fn nest(&mut self, key: &str, text: &str) {
        self.nested.get_or_insert_default().record(key, text);
        self.look_into(key, text);
    }

    /// Takes what lies in the object or the list under a key.
    fn look_into(&mut self, key: &str, text: &str) {
        let nested = self.nested.get_or_insert_default();
        nested.is_too_deep |= nesting::is_too_deep(text);
        if !nested.is_too_deep {
            nested.descend(key, text);
        }
    }

    /// Takes what lies in an object or a list at a path; it calls itself once per level.
    fn descend(&mut self, path: &str, text: &str) {
        let mut take = |path: &str, text: &str| {
            self.record(path, text);
            self.descend(path, text);
        };
        match text.chars().next() {
            Some('{') => {
                let object = RawObject::parse(text).unwrap_or_default();
                let entries = object.by_key();
                entries.into_iter().for_each(|(key, text)| take(&format!("{path}.{}", shown_key(key)), text));
            }
            Some('[') => {
                let path = format!("{path}.*");
                json::elements(text).unwrap_or_default().iter().for_each(|item| take(&path, item.get()));
            }
            _ => {}
        }
    }

    /// The position for all partitions; whether there is one.
    fn add_global(&mut self, state: &RawObject<'_>) -> bool {
        let positions = state.by_key();
        positions.iter().for_each(|(key, text)| self.position(key, text));
        !positions.is_empty()
    }

    pub(super) fn position(&mut self, key: &str, text: &str) {
        self.record(key, text);
        if text.starts_with(['{', '[']) {
            self.look_into(key, text);
        }
    }

    fn record(&mut self, key: &str, text: &str) {
        if let Some(values) = self.keys.get_mut(key) {
            values.add(text);
        } else if self.keys.len() < MOST_KEYS
            || self.keys.last_key_value().is_some_and(|(last, _)| key < last.as_str())
        {
            self.keys.entry(key.to_owned()).or_default().add(text);
            if self.keys.len() > MOST_KEYS
                && let Some((key, values)) = self.keys.pop_last()
            {
                values.forms().for_each(|form| self.other_keys.add(&key, UnreadKeys::form(form)));
            }
        } else {
            self.other_keys.add(key, self.other_forms.of(text));
        }
    }

    fn positions(self) -> BTreeMap<String, Positions> {
        let seen = |values: Values| {
            let mut forms: BTreeMap<Form, Vec<Value>> = BTreeMap::new();
            let mut by_form = values.by_form;
            let mut others = values.others;
            let is_full = !by_form.is_empty();
            for (form, texts) in values.by_look.into_values() {
                if is_full {
                    // Which looks came first must not show.
                    let ends = by_form.entry(form).or_default();
                    texts.texts().for_each(|text| ends.add(text));
                } else {
                    forms.entry(form).or_default().extend(texts.texts().map(|text| value(text)));
                }
            }
            while by_form.len() > MOST_FORMS && leave_last(&mut by_form, &mut others) {}
            for (form, texts) in by_form.into_iter().chain([(OTHER_TEXT, others)]) {
                let texts: Vec<Value> = texts.texts().map(|text| value(text)).collect();
                if !texts.is_empty() {
                    forms.entry(form).or_default().extend(texts);
                }
            }
            // Looks come in no order.
            for values in forms.values_mut() {
                values.sort_by_cached_key(Value::to_string);
                values.truncate(KEPT_PER_FORM);
            }
            Positions::Seen(forms)
        };
        self.keys.into_iter().map(|(key, values)| (key, seen(values))).collect()
    }
}

impl Values {
    fn forms(&self) -> impl Iterator<Item = &Form> {
        let others = (!self.others.first.is_empty()).then_some(&OTHER_TEXT);
        self.by_look.values().map(|(form, _)| form).chain(self.by_form.keys()).chain(others)
    }

    fn add(&mut self, text: &str) {
        look_of(text, &mut self.look);
        if let Some((_, texts)) = self.by_look.get_mut(self.look.as_str()) {
            texts.add(text);
        } else if self.by_look.len() >= KEPT_PER_FORM {
            self.by_form.entry(form::form(&value(text))).or_default().add(text);
            if self.by_form.len() > MOST_FORMS {
                leave_last(&mut self.by_form, &mut self.others);
            }
        } else {
            let mut texts = Ends::default();
            texts.add(text);
            self.by_look.insert(self.look.clone(), (form::form(&value(text)), texts));
        }
    }
}

/// What a position looks like.
fn look_of(text: &str, look: &mut String) {
    look.clear();
    if text.starts_with(['{', '[']) {
        look.push_str(&text[..1]);
        return;
    }
    form::fold_digits(text, look);
    // How long a number is tells its unit, in quotes or not.
    if text.trim_matches('"').bytes().all(|byte| byte.is_ascii_digit()) {
        look.push_str(if text.len() < 12 { "short" } else { "long" });
        look.push_str(&text.len().to_string());
    }
}

/// Texts of very many forms.
const OTHER_TEXT: Form = Form::Other(JsonType::Text);

/// Takes the last form of texts for one of many; there are few other forms. Whether there was one.
fn leave_last(by_form: &mut BTreeMap<Form, Ends>, others: &mut Ends) -> bool {
    let last = by_form.range(..Form::Empty).next_back().map(|(form, _)| form.clone());
    let Some(texts) =
        last.filter(|form| matches!(form, Form::Text(_))).and_then(|form| by_form.remove(&form))
    else {
        return false;
    };
    texts.texts().for_each(|text| others.add(text));
    true
}

/// A position. What JSON allows and a double or a text cannot hold is none: a list stands for it.
fn value(text: &str) -> Value {
    nesting::value(text).unwrap_or_else(|_| Value::Array(Vec::new()))
}

/// Partitions on the way, told apart by their keys and the JSON types of their values.
#[derive(Default)]
pub(super) struct Partitions {
    looks: BTreeSet<String>,
    /// Used again for each partition.
    look: String,
    /// Of very many the first in their order.
    forms: BTreeSet<PartitionForm>,
    others: UnreadPartitions,
}

impl Partitions {
    /// Takes a partition, which stands next in a map.
    pub(super) fn next<'de, A: MapAccess<'de>>(&mut self, map: &mut A) -> Result<(), A::Error> {
        self.look.clear();
        map.next_value_seed(To(&mut Look { look: &mut self.look, depth: 0 }))?;
        // What is no object has no keys.
        if self.look.starts_with(SLICE) && !self.looks.contains(self.look.as_str()) {
            // Looks that are not remembered are taken apart again.
            if self.looks.len() < KEPT_PER_FORM {
                self.looks.insert(self.look.clone());
            }
            self.forms.insert(form_of(&mut self.look[SLICE.len_utf8()..].chars()));
            if self.forms.len() > MOST_KEYS
                && let Some(form) = self.forms.pop_last()
            {
                self.others.add(&form);
            }
        }
        Ok(())
    }
}

/// Stands before the entries of a partition, or of one inside, in a look.
const SLICE: char = '{';
const END_OF_SLICE: char = '}';
/// Stands before each key, and what stands after it.
const KEY: char = ',';
const END_OF_KEY: char = '\0';

/// Writes down the keys of a partition and the JSON types of its values. Equal keys and another order make another look
/// of the same form, and nothing is lost.
struct Look<'s> {
    look: &'s mut String,
    depth: usize,
}

impl<'de> Sink<'de> for Look<'_> {
    fn entry<A: MapAccess<'de>>(&mut self, key: Cow<'de, str>, map: &mut A) -> Result<(), A::Error> {
        self.look.push(KEY);
        if key.contains(END_OF_KEY) {
            self.look.push_str(&key.replace(END_OF_KEY, "\u{fffd}"));
        } else {
            self.look.push_str(&key);
        }
        self.look.push(END_OF_KEY);
        let text = map.next_value::<&RawValue>()?.get();
        if key == "parent_slice" && text.starts_with('{') && self.depth < DEEPEST_PARENT {
            // What is cut out of JSON is JSON.
            let _ = stream::read_into(text, &mut Look { look: &mut *self.look, depth: self.depth + 1 });
            self.look.push(END_OF_SLICE);
        } else {
            // The first character tells the JSON type.
            self.look.push(match text.chars().next() {
                Some('{') => OBJECT,
                Some('f') => 't',
                Some(first) if !first.is_ascii_digit() => first,
                _ => '-',
            });
        }
        Ok(())
    }

    fn json_type(&mut self, json_type: JsonType) {
        if json_type == JsonType::Object {
            self.look.push(SLICE);
        }
    }
}

/// An object that is no partition.
const OBJECT: char = 'o';

/// The form that a look was written of.
fn form_of(look: &mut std::str::Chars<'_>) -> PartitionForm {
    let mut form = PartitionForm::new();
    while look.next() == Some(KEY) {
        let key = look.by_ref().take_while(|character| *character != END_OF_KEY).collect();
        let value = match look.next() {
            Some(SLICE) => PartitionValue::Slice(form_of(look)),
            Some('[') => PartitionValue::Grouped { size: None, of: None },
            Some(OBJECT) => PartitionValue::Seen(JsonType::Object),
            first => PartitionValue::Seen(JsonType::of_text(first.unwrap_or('-').encode_utf8(&mut [0; 4]))),
        };
        form.insert(key, value);
    }
    form
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_back_from_its_look() {
        let partition = r#"{",": 1, "}": "a", "{": [1], "parent_slice": {"}": null, "parent_slice": {}, ",{": {"x": 1}}, "": true}"#;
        let state = format!(r#"{{"states": [{{"partition": {partition}, "cursor": {{"u": "1"}}}}]}}"#);
        let entry = |key: &str, value| (key.to_owned(), value);
        let slice = PartitionForm::from([
            entry("}", PartitionValue::Seen(JsonType::Null)),
            entry("parent_slice", PartitionValue::Slice(PartitionForm::new())),
            entry(",{", PartitionValue::Seen(JsonType::Object)),
        ]);
        let expected = PartitionForm::from([
            entry(",", PartitionValue::Seen(JsonType::Number)),
            entry("}", PartitionValue::Seen(JsonType::Text)),
            entry("{", PartitionValue::Grouped { size: None, of: None }),
            entry("parent_slice", PartitionValue::Slice(slice)),
            entry("", PartitionValue::Seen(JsonType::Boolean)),
        ]);
        assert_eq!(
            read(&state).map(|saved| saved.partitions),
            Ok(std::collections::BTreeSet::from([expected]))
        );
    }

    #[test]
    fn the_first_and_the_last_are_kept() {
        let mut ends = Ends::default();
        (100..1_000).for_each(|number| ends.add(&number.to_string()));
        let texts: Vec<&String> = ends.texts().collect();
        assert_eq!((texts.len(), texts[0].as_str(), texts[63].as_str()), (64, "100", "999"));
    }
}
