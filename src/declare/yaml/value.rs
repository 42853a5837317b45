//! What is written into a YAML text, in either style.

use serde_json::{Map, Value};

use crate::release::yaml_text;

/// A value whose keys keep their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::declare) enum Yaml {
    /// A text. A version or a plain word is written bare.
    Text(String),
    /// A text that stands between quotes whatever it is: a date would be none without.
    Quoted(String),
    /// A list.
    List(Vec<Yaml>),
    /// A mapping.
    Map(Vec<(String, Yaml)>),
}

impl Yaml {
    /// A list of texts.
    pub(in crate::declare) fn texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        Self::List(texts.into_iter().map(|text| Self::Text(text.to_owned())).collect())
    }

    /// The value that a reader sees.
    pub(super) fn to_value(&self) -> Value {
        match self {
            Self::Text(text) | Self::Quoted(text) => Value::from(text.as_str()),
            Self::List(items) => items.iter().map(Self::to_value).collect(),
            Self::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| (key.clone(), value.to_value()));
                Value::Object(entries.collect::<Map<String, Value>>())
            }
        }
    }

    /// The value of the last of some keys, in mappings of the keys before it.
    pub(super) fn below(self, keys: &[String]) -> Self {
        keys.iter().rev().fold(self, |value, key| Self::Map(vec![(key.clone(), value)]))
    }

    /// A scalar as it is written.
    fn scalar(text: &str, is_quoted: bool) -> String {
        if is_quoted { yaml_text::quoted(text) } else { yaml_text::scalar(text) }
    }

    /// Between brackets, on one line.
    pub(super) fn flow(&self, quotes: Quotes) -> String {
        match self {
            Self::Text(text) => Self::scalar(text, quotes.texts),
            Self::Quoted(text) => Self::scalar(text, true),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(|item| item.flow(quotes)).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Map(entries) => {
                let entry =
                    |(key, value): &(String, Self)| format!("{}: {}", quotes.key(key), value.flow(quotes));
                format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// The lines of an entry in block style, without what ends them.
    pub(super) fn block(&self, key: &str, indent: usize, style: Indents) -> Vec<String> {
        let margin = " ".repeat(indent);
        match self {
            Self::Text(text) => vec![format!("{margin}{key}: {}", Self::scalar(text, false))],
            Self::Quoted(text) => vec![format!("{margin}{key}: {}", Self::scalar(text, true))],
            Self::Map(entries) if entries.is_empty() => vec![format!("{margin}{key}: {{}}")],
            Self::List(items) if items.is_empty() => vec![format!("{margin}{key}: []")],
            Self::Map(entries) => {
                let mut lines = vec![format!("{margin}{key}:")];
                for (key, value) in entries {
                    lines.extend(value.block(&yaml_text::scalar(key), indent + style.step, style));
                }
                lines
            }
            Self::List(items) => {
                let mut lines = vec![format!("{margin}{key}:")];
                lines.extend(items.iter().flat_map(|item| item.item(indent + style.dash, style)));
                lines
            }
        }
    }

    /// The lines of an item of a list in block style.
    pub(super) fn item(&self, indent: usize, style: Indents) -> Vec<String> {
        const DASH: usize = 2;
        let margin = " ".repeat(indent);
        match self {
            Self::Text(text) => vec![format!("{margin}- {}", Self::scalar(text, style.quotes_items))],
            Self::Map(entries) if !entries.is_empty() => {
                let lines = entries
                    .iter()
                    .flat_map(|(key, value)| value.block(&yaml_text::scalar(key), indent + DASH, style));
                let mut lines: Vec<String> = lines.collect();
                lines[0].replace_range(indent..=indent, "-");
                lines
            }
            other => vec![format!("{margin}- {}", other.flow(Quotes::default()))],
        }
    }
}

/// What stands between quotes among the neighbours of what is added.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Quotes {
    /// The quote around keys.
    pub(super) keys: Option<char>,
    /// Whether texts have quotes.
    pub(super) texts: bool,
}

impl Quotes {
    /// A key, as its neighbours are written.
    pub(super) fn key(self, key: &str) -> String {
        let is_plain = key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
        match self.keys {
            Some(quote) if is_plain => format!("{quote}{key}{quote}"),
            _ => yaml_text::scalar(key),
        }
    }
}

/// How far a file indents.
#[derive(Debug, Clone, Copy)]
pub(super) struct Indents {
    /// Keys below their key.
    pub(super) step: usize,
    /// Dashes below their key.
    pub(super) dash: usize,
    /// Whether texts of lists have quotes.
    pub(super) quotes_items: bool,
}
