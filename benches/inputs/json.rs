//! JSON values that keep the order of their keys, and two ways to write them.

use std::fmt::Write as _;

/// A JSON value.
#[derive(Debug, Clone)]
pub(crate) enum Json {
    /// A number, a text or another scalar as it is written.
    Written(String),
    /// A list.
    List(Vec<Json>),
    /// An object, in the order of its keys.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// A text that needs no escapes.
    pub(crate) fn text(text: &str) -> Self {
        Self::Written(format!("\"{text}\""))
    }

    /// A list of texts that need no escapes.
    pub(crate) fn texts(texts: &[&str]) -> Self {
        Self::List(texts.iter().map(|text| Self::text(text)).collect())
    }

    /// An object of these entries.
    pub(crate) fn object<K: Into<String>>(entries: impl IntoIterator<Item = (K, Json)>) -> Self {
        Self::Object(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    /// Puts an entry at the end of an object.
    pub(crate) fn push(&mut self, key: &str, value: Json) {
        if let Self::Object(entries) = self {
            entries.push((key.to_owned(), value));
        }
    }

    /// On one line, as Python's `json.dumps` writes it.
    pub(crate) fn line(&self, into: &mut String) {
        match self {
            Self::Written(text) => into.push_str(text),
            Self::List(items) => {
                into.push('[');
                for (index, item) in items.iter().enumerate() {
                    into.push_str(if index > 0 { ", " } else { "" });
                    item.line(into);
                }
                into.push(']');
            }
            Self::Object(entries) => {
                into.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    let _ = write!(into, "{}\"{key}\": ", if index > 0 { ", " } else { "" });
                    value.line(into);
                }
                into.push('}');
            }
        }
    }

    /// With a line for each entry, indented from `level` on, its keys sorted.
    pub(crate) fn sorted(&self, into: &mut String, level: usize) {
        let line = |into: &mut String, index: usize| {
            into.push_str(if index > 0 { ",\n" } else { "\n" });
            into.extend(std::iter::repeat_n("  ", level + 1));
        };
        let close = |into: &mut String, is_empty: bool, bracket: char| {
            if !is_empty {
                into.push('\n');
                into.extend(std::iter::repeat_n("  ", level));
            }
            into.push(bracket);
        };
        match self {
            Self::Written(text) => into.push_str(text),
            Self::List(items) => {
                into.push('[');
                for (index, item) in items.iter().enumerate() {
                    line(into, index);
                    item.sorted(into, level + 1);
                }
                close(into, items.is_empty(), ']');
            }
            Self::Object(entries) => {
                into.push('{');
                let mut entries: Vec<_> = entries.iter().collect();
                entries.sort_by(|(one, _), (other, _)| one.cmp(other));
                for (index, (key, value)) in entries.iter().enumerate() {
                    line(into, index);
                    let _ = write!(into, "\"{key}\": ");
                    value.sorted(into, level + 1);
                }
                close(into, entries.is_empty(), '}');
            }
        }
    }
}
