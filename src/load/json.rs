//! JSON, with errors in words.
//!
//! serde_json is the reader; this file says what its errors mean for files that Python wrote: `NaN`, lone
//! surrogates and numbers beyond a double are refused and named. A byte order mark is dropped when a file is read.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::cut::{self, CutObject};
use crate::model::{Document, DocumentEntry, DocumentStreams, Portions, Position, position};
use crate::nesting::{self, ValueError};

/// What is wrong with a JSON text, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JsonError {
    pub(crate) message: String,
    pub(crate) position: Position,
    /// Whether a limit of this program is met, where Python would read on.
    pub(crate) is_limit: bool,
}

/// Reads a whole text as one JSON value.
///
/// # Errors
/// The text is not JSON, or nests deeper than [`nesting::levels`].
pub(crate) fn parse(text: &str) -> Result<Value, JsonError> {
    nesting::value(text).map_err(|error| explain_value(text, &error))
}

/// Says in words why a text is no value.
fn explain_value(text: &str, error: &ValueError) -> JsonError {
    match error {
        ValueError::Json(error) => explain(text, error),
        ValueError::TooDeep(offset) => JsonError {
            message: nesting::exceeded(nesting::TOO_DEEP),
            position: position(text, *offset),
            is_limit: true,
        },
    }
}

/// Whether a whole text is one JSON value.
///
/// # Errors
/// The text is not JSON.
pub(crate) fn check(text: &str) -> Result<(), JsonError> {
    serde_json::from_str::<IgnoredAny>(text).map(drop).map_err(|error| explain(text, &error))
}

/// Says in words what a serde_json error means.
pub(crate) fn explain(text: &str, error: &serde_json::Error) -> JsonError {
    let position = Position { line: error.line().max(1), column: error.column().max(1) };
    let line = text.lines().nth(position.line - 1).unwrap_or_default();
    let near: String = line.chars().skip(position.column.saturating_sub(2)).take(12).collect();
    let found = near.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '-');
    let raw = error.to_string();
    let message = if text.trim().is_empty() {
        "expected a JSON value, found an empty file".to_owned()
    } else if (raw.starts_with("expected value") || raw.starts_with("invalid number"))
        && ["NaN", "Inf", "-Inf", "aN"].iter().any(|text| found.starts_with(text))
    {
        "expected a JSON value, found NaN or Infinity: Python writes them and JSON has neither; write null or a number"
            .to_owned()
    } else if let Some(expected) = expected(&raw) {
        format!("expected {expected}")
    } else if raw.contains("surrogate") || raw.contains("unexpected end of hex escape") {
        "expected a whole character, found half a surrogate pair (such as \\ud800): write the character itself"
            .to_owned()
    } else if raw.starts_with("number out of range") {
        "expected a number that a double can hold, found a larger one (such as 1e400)".to_owned()
    } else if error.is_eof() {
        "expected the rest of a JSON value, found the end of the file: is it truncated?".to_owned()
    } else {
        format!("not JSON: {}", raw.rsplit_once(" at line ").map_or(raw.as_str(), |(what, _)| what))
    };
    JsonError { message, position, is_limit: false }
}

/// What the library expected and what it found instead. It quotes texts and numbers, and they may be secrets: only their
/// type is named.
fn expected(raw: &str) -> Option<String> {
    let found = raw.strip_prefix("invalid type: ").or_else(|| raw.strip_prefix("invalid value: "))?;
    let (_, expected) = found.rsplit_once(", expected ")?;
    let (expected, _) = expected.rsplit_once(" at line ")?;
    let types = [
        ("string", "a text"),
        ("sequence", "a list"),
        ("map", "an object"),
        ("boolean", "a boolean"),
        ("null", "null"),
    ];
    let found = types.iter().find(|(name, _)| found.starts_with(name)).map_or("a number", |(_, name)| *name);
    Some(format!("{expected}, found {found}"))
}

/// The entries of a JSON object as slices of the text, the last of equal keys only.
#[derive(Debug, Default)]
pub(crate) struct RawObject<'t> {
    entries: Vec<(Cow<'t, str>, &'t str)>,
}

/// The entries of a document that is one JSON object. It is cut once, however many ask: a large one takes time.
///
/// # Errors
/// The text is no JSON object.
pub(crate) fn object(document: &Document) -> Result<RawObject<'_>, JsonError> {
    let text = document.text.as_str();
    let mut error = None;
    let cut = document.entries.get_or_init(|| {
        let object = match cut::object(text) {
            Some(CutObject { entries, streams }) => {
                // Nobody else has them yet; a lock that is poisoned costs a second pass.
                if let Ok(mut place) = document.streams.lock() {
                    *place = streams.map(DocumentStreams::Alone);
                }
                RawObject { entries }
            }
            None => RawObject::parse(text).map_err(|why| error = Some(why)).ok()?,
        };
        let place = |(key, value): (Cow<'_, str>, &str)| {
            let at = if let Cow::Borrowed(key) = key { document.range_of(key) } else { None };
            Some(DocumentEntry { key: key.into_owned(), key_range: at, value: document.range_of(value)? })
        };
        object.entries.into_iter().map(place).collect()
    });
    fn key<'d>(entry: &'d DocumentEntry, text: &'d str) -> &'d str {
        entry.key_range.clone().map_or(&entry.key, |range| &text[range])
    }
    match (cut, error) {
        (Some(entries), _) => Ok(RawObject {
            entries: entries
                .iter()
                .map(|entry| (Cow::Borrowed(key(entry, text)), &text[entry.value.clone()]))
                .collect(),
        }),
        (None, Some(error)) => Err(error),
        (None, None) => RawObject::parse(text),
    }
}

/// The entries of a text that is one JSON object, and the streams among them where it is of the usual form of a catalog.
/// Ranges are of the text.
///
/// # Errors
/// The text is no JSON object.
pub(super) fn object_with_streams(text: &str) -> Result<(RawObject<'_>, Option<Portions>), JsonError> {
    match cut::object(text) {
        Some(CutObject { entries, streams }) => Ok((RawObject { entries }, streams)),
        None => Ok((RawObject::parse(text)?, None)),
    }
}

impl<'t> RawObject<'t> {
    /// Cuts an object into its entries without building their values.
    ///
    /// # Errors
    /// The text is no JSON object.
    pub(crate) fn parse(text: &'t str) -> Result<Self, JsonError> {
        serde_json::from_str(text).map_err(|error| explain(text, &error))
    }

    /// The text of an entry.
    pub(crate) fn get(&self, key: &str) -> Option<&'t str> {
        self.entries.iter().rev().find(|(name, _)| name == key).map(|(_, value)| *value)
    }

    /// All entries as they stand, equal keys too.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (Cow<'t, str>, &'t str)> {
        self.entries.iter().map(|(key, value)| (key.clone(), *value))
    }

    /// All entries, the last of equal keys only, by key.
    pub(crate) fn by_key(&self) -> std::collections::BTreeMap<&str, &'t str> {
        self.entries.iter().map(|(name, value)| (name.as_ref(), *value)).collect()
    }

    /// An entry that is a string; `None` too where it is something else.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        serde_json::from_str(self.get(key)?).ok()
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }
}

impl<'de> Deserialize<'de> for RawObject<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = RawObject<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::with_capacity(8);
                while let Some(key) = map.next_key::<CowStr<'de>>()? {
                    entries.push((key.0, map.next_value::<&'de RawValue>()?.get()));
                }
                Ok(RawObject { entries })
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// A borrowed key where it holds no escape.
pub(crate) struct CowStr<'de>(pub(crate) Cow<'de, str>);

impl<'de> Deserialize<'de> for CowStr<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = CowStr<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(CowStr(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(CowStr(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// The first element of a JSON array; nothing behind it is read.
pub(crate) fn first_element(text: &str) -> Option<&str> {
    struct First<'o, 't>(&'o mut Option<&'t str>);
    impl<'t> Visitor<'t> for First<'_, 't> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'t>>(self, mut items: A) -> Result<(), A::Error> {
            *self.0 = items.next_element::<&RawValue>()?.map(RawValue::get);
            Ok(())
        }
    }
    let mut first = None;
    // It ends with an error where the list goes on.
    let _ = serde_json::Deserializer::from_str(text).deserialize_seq(First(&mut first));
    first
}

/// Cuts a JSON array into its elements.
///
/// # Errors
/// The text is no JSON array.
pub(crate) fn elements(text: &str) -> Result<Vec<&RawValue>, JsonError> {
    serde_json::from_str(text).map_err(|error| explain(text, &error))
}
