//! The types of JSON values.

use serde::Serialize;

/// The type of a JSON value. Fingerprints of findings are made of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum JsonType {
    /// `true` or `false`.
    Boolean,
    /// An array.
    List,
    /// `null`.
    #[default]
    Null,
    /// A number.
    Number,
    /// An object.
    Object,
    /// A string.
    Text,
}

impl JsonType {
    /// The type of the value that a JSON text holds; its first character tells. White space must not come first.
    pub fn of_text(text: &str) -> Self {
        match text.chars().next() {
            Some('"') => Self::Text,
            Some('{') => Self::Object,
            Some('[') => Self::List,
            Some('t' | 'f') => Self::Boolean,
            Some('n') => Self::Null,
            _ => Self::Number,
        }
    }

    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::List => "list",
            Self::Null => "null",
            Self::Number => "number",
            Self::Object => "object",
            Self::Text => "text",
        }
    }

    /// In a word with its article.
    pub fn with_article(self) -> &'static str {
        match self {
            Self::Boolean => "a boolean",
            Self::List => "a list",
            Self::Null => "null",
            Self::Number => "a number",
            Self::Object => "an object",
            Self::Text => "a text",
        }
    }
}
