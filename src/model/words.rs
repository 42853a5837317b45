//! What is said, as a value: words of our own and names or values of a connector, told apart until a format shows them.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

/// A piece of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inline<'w> {
    /// Running text.
    Text(&'w str),
    /// A name or a value, shown as code.
    Code(&'w str),
}

/// A sentence or a part of one. Nothing in it is escaped or coloured: that is up to the format that shows it.
///
/// As a text it has backticks around code, as the terminal and the JSON report have it. Where code starts and ends is
/// kept beside the text and never read off it, so that a name with a backtick says no more than it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// With backticks around each code.
    text: Cow<'static, str>,
    /// Where each code starts and ends in the text, its backticks left out.
    codes: Vec<(usize, usize)>,
}

impl Words {
    /// Nothing said yet.
    pub const fn new() -> Self {
        Self { text: Cow::Borrowed(""), codes: Vec::new() }
    }

    /// Words of our own, with code between backticks. A text that holds what a connector says is no such text: whoever
    /// names a stream could end the code.
    pub fn marked(text: &'static str) -> Self {
        let mut codes = Vec::new();
        let mut ticks = memchr::memchr_iter(b'`', text.as_bytes());
        while let (Some(open), Some(close)) = (ticks.next(), ticks.next()) {
            codes.push((open + 1, close));
        }
        Self { text: Cow::Borrowed(text), codes }
    }

    /// Running text, as it is.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: Cow::Owned(text.into()), codes: Vec::new() }
    }

    /// A name or a value.
    pub fn code(code: impl AsRef<str>) -> Self {
        Self::new().and_code(code.as_ref())
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
    pub fn and(mut self, other: &Self) -> Self {
        self.push(other);
        self
    }

    /// Adds running text.
    pub fn push_text(&mut self, text: &str) {
        if !text.is_empty() {
            self.text.to_mut().push_str(text);
        }
    }

    /// Adds a name or a value.
    pub fn push_code(&mut self, code: &str) {
        let text = self.text.to_mut();
        text.push('`');
        self.codes.push((text.len(), text.len() + code.len()));
        text.push_str(code);
        text.push('`');
    }

    /// Adds what other words say.
    pub fn push(&mut self, other: &Self) {
        let start = self.text.len();
        self.push_text(&other.text);
        self.codes.extend(other.codes.iter().map(|(from, to)| (start + from, start + to)));
    }

    /// The whole as a text, with backticks around code.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The pieces, in order.
    pub fn inlines(&self) -> Vec<Inline<'_>> {
        let mut inlines = Vec::with_capacity(2 * self.codes.len() + 1);
        let mut start = 0;
        for &(from, to) in &self.codes {
            // A backtick stands on each side of the code.
            inlines.push(Inline::Text(&self.text[start..from - 1]));
            inlines.push(Inline::Code(&self.text[from..to]));
            start = to + 1;
        }
        inlines.push(Inline::Text(&self.text[start..]));
        inlines.retain(|inline| *inline != Inline::Text(""));
        inlines
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether the words end a sentence.
    pub fn ends_sentence(&self) -> bool {
        self.text.ends_with('.')
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
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_of_a_connector_ends_nowhere_but_at_its_end() {
        let words = Words::marked("The stream `a` becomes ").and_code("b` or `c").and_text(".");
        let pieces = ["The stream ", " becomes "].map(Inline::Text);
        let expected = [pieces[0], Inline::Code("a"), pieces[1], Inline::Code("b` or `c"), Inline::Text(".")];
        assert_eq!(words.inlines(), expected);
        assert_eq!(words.as_str(), "The stream `a` becomes `b` or `c`.");
        assert!(words.ends_sentence() && !Words::code("x.").ends_sentence());
        let joined = Words::code("`").and(&words);
        assert_eq!(joined.inlines()[0], Inline::Code("`"));
        assert_eq!(joined.inlines()[1..], expected);
        assert_eq!(Words::text("a").and_text("b").inlines(), [Inline::Text("ab")]);
        assert!(Words::new().inlines().is_empty());
    }
}
