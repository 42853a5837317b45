//! What is said, as a value: words of our own and names or values of a connector, told apart until a format shows them.

use std::fmt;

use serde_json::Value;

/// A piece of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Inline {
    /// Running text.
    Text(String),
    /// A name or a value, shown as code.
    Code(String),
}

/// A sentence or a part of one. Nothing in it is escaped or coloured: that is up to the format that shows it.
///
/// `Display` puts backticks around code, as the terminal and the JSON report have it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Words(Vec<Inline>);

impl Words {
    /// Nothing said yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Words of our own, with code between backticks. A text that holds what a connector says is no such text: whoever
    /// names a stream could end the code.
    pub fn marked(text: &'static str) -> Self {
        let mut words = Self::new();
        for (index, part) in text.split('`').enumerate() {
            match index % 2 {
                0 => words.push_text(part),
                _ => words.push_code(part),
            }
        }
        words
    }

    /// Running text, as it is.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new().and_text(&text.into())
    }

    /// A name or a value.
    pub fn code(code: impl Into<String>) -> Self {
        Self(vec![Inline::Code(code.into())])
    }

    /// Adds running text.
    #[must_use]
    pub fn and_text(mut self, text: &str) -> Self {
        self.push_text(text);
        self
    }

    /// Adds a name or a value.
    #[must_use]
    pub fn and_code(mut self, code: &str) -> Self {
        self.push_code(code);
        self
    }

    /// Adds what other words say.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.push(other);
        self
    }

    /// Adds running text.
    pub fn push_text(&mut self, text: &str) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(Inline::Text(last)) => last.push_str(text),
            _ => self.0.push(Inline::Text(text.to_owned())),
        }
    }

    /// Adds a name or a value.
    pub fn push_code(&mut self, code: &str) {
        self.0.push(Inline::Code(code.to_owned()));
    }

    /// Adds what other words say.
    pub fn push(&mut self, other: Self) {
        for inline in other.0 {
            match inline {
                Inline::Text(text) => self.push_text(&text),
                Inline::Code(_) => self.0.push(inline),
            }
        }
    }

    /// The pieces, in order; two texts are never beside each other.
    pub fn inlines(&self) -> &[Inline] {
        &self.0
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the words end a sentence.
    pub fn ends_sentence(&self) -> bool {
        matches!(self.0.last(), Some(Inline::Text(text)) if text.ends_with('.'))
    }
}

/// A value short enough for a sentence.
pub(crate) fn short(value: &Value) -> String {
    const LONGEST: usize = 80;
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Null => "nothing".to_owned(),
        other => other.to_string(),
    };
    if text.chars().count() <= LONGEST {
        return text;
    }
    let head: String = text.chars().take(LONGEST - 1).collect();
    format!("{head}…")
}

impl From<String> for Words {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for inline in &self.0 {
            match inline {
                Inline::Text(text) => f.write_str(text)?,
                Inline::Code(code) => write!(f, "`{code}`")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_of_a_connector_ends_nowhere_but_at_its_end() {
        let words = Words::marked("The stream `a` becomes ").and_code("b` or `c").and_text(".");
        assert_eq!(words.inlines()[1], Inline::Code("a".to_owned()));
        assert_eq!(words.inlines()[3], Inline::Code("b` or `c".to_owned()));
        assert_eq!(words.to_string(), "The stream `a` becomes `b` or `c`.");
        assert!(words.ends_sentence() && !Words::code("x.").ends_sentence());
        assert_eq!(Words::text("a").and_text("b").inlines().len(), 1);
    }
}
