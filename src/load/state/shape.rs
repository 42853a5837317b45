//! What kind of state a blob is, and the form of what it holds.

use std::collections::BTreeSet;

use super::cursor::{Cursor, MOST_KEYS};
use super::form;
use super::stream::{self, Blob};
use crate::load::json::{self, RawObject};
use crate::model::{
    FileKey, JsonType, SavedState, StateClass, StateMarker, StateVersion, UnreadKeys, is_time,
};

/// States of parents of parents are followed this deep.
pub(super) const DEEPEST_PARENT: usize = 16;

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

/// Classifies the state of a stream that was read already; `None` for a list, of which the text is needed.
pub(super) fn of_blob(blob: Blob<'_>) -> Option<Result<SavedState, Unread>> {
    (blob.json_type != JsonType::List).then(|| shape(blob, 0))
}

fn at_depth(text: &str, depth: usize) -> Result<SavedState, Unread> {
    let mut blob = Blob::default();
    stream::read_into(text, &mut blob).map_err(|_| Unread::Text)?;
    if text.starts_with('[') {
        blob.inside.of_list(text);
    }
    shape(blob, depth)
}

fn shape(mut blob: Blob<'_>, depth: usize) -> Result<SavedState, Unread> {
    if blob.json_type != JsonType::Object {
        let is_null = blob.json_type == JsonType::Null;
        let mut saved = SavedState::of(if is_null { StateClass::Empty } else { StateClass::Opaque });
        saved.marker = if is_null { StateMarker::None } else { StateMarker::Type(blob.json_type) };
        if blob.inside.is_too_deep {
            return Err(Unread::TooDeep);
        }
        saved.nested = blob.inside.into_nested();
        return Ok(saved);
    }
    // The CDK carries the marker of a full refresh along beside the position that came later.
    if blob.entries.len() > 1 || blob.states {
        blob.entries.remove("__ab_no_cursor_state_message");
    }
    let map = &blob.entries;
    let mut saved = SavedState::of(class_of(&blob));
    let mut cursor = Cursor::default();
    let mut inside = blob.inside;
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
            object("state").entries().for_each(|(key, text)| inside.of_key(&key, text));
            saved.is_broken = !blob.states;
            // Partitions that a full refresh marked as done have no position.
            if cursor.keys.is_empty() && !saved.partitions.is_empty() {
                saved.class = StateClass::ResumableDone;
            }
        }
        StateClass::GlobalSubstream => {
            saved.global = cursor.add_global(&object("state"));
            object("state").entries().for_each(|(key, text)| inside.of_key(&key, text));
        }
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
                inside.of_key("history", text);
            }
            saved.marker = StateMarker::Files(kinds);
        }
        StateClass::LegacyMap => {
            for text in map.values() {
                cursor.add(text);
                inside.of_object(text);
            }
        }
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
                inside.of_key("cursor", text);
            }
        }
        // A cursor finds its field whatever stands beside it.
        StateClass::Opaque => {
            let mut plain = Cursor::default();
            for (key, text) in map {
                match text.chars().next() {
                    Some('[') => inside.of_key(key, text),
                    Some('{') => {
                        plain.add(text);
                        inside.of_key_around_plain(key, text);
                    }
                    _ => cursor.position(key, text),
                }
            }
            saved.other_inside_keys = std::mem::take(&mut plain.other_keys);
            saved.inside = plain.positions();
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
    if !saved.is_flat() && saved.class != StateClass::LegacyMap {
        let is_read =
            |key: &str| ["states", "state", "parent_state", "slices", "history", "cursor"].contains(&key);
        map.iter().filter(|(key, _)| !is_read(key)).for_each(|(key, text)| inside.of_key(key, text));
    }
    if inside.is_too_deep {
        return Err(Unread::TooDeep);
    }
    saved.nested = inside.into_nested();
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
