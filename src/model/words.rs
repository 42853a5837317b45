//! What is said, as a value: words of our own and names or values of a connector, told apart until a format shows them.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

/// A piece of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inline<'w> {
    /// Words of our own.
    Text(&'w str),
    /// A name or a value of a connector, or a term that stands in files.
    Code(&'w str),
    /// The same in a list of names: it needs no quotes where it is one plain word.
    Name(&'w str),
    /// A value that is shown at length, such as a config.
    Value(&'w str),
    /// Running text in which a connector or a library has a say.
    Foreign(&'w str),
}

/// What a part of a text is, where it is not our own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    Name,
    Value,
    Foreign,
}

impl Kind {
    /// Whether the text has a backtick on each side of it.
    fn is_quoted(self) -> bool {
        matches!(self, Self::Code | Self::Value)
    }
}

/// A part of a text that is not our own words; the backticks around it are not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    start: usize,
    end: usize,
    kind: Kind,
}

/// A sentence or a part of one. Nothing in it is escaped or coloured: that is up to the format that shows it.
///
/// As a text it has backticks around code, as the JSON report has it. Where code starts and ends is kept beside the text
/// and never read off it, so that a name with a backtick says no more than it is. Words of our own are `'static`: what a
/// connector says cannot become one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// With backticks around each code and each value.
    text: Cow<'static, str>,
    /// What in it is not our own words, in order.
    parts: Vec<Part>,
}

impl Words {
    /// Nothing said yet.
    pub const fn new() -> Self {
        Self { text: Cow::Borrowed(""), parts: Vec::new() }
    }

    /// Words of our own, with code between backticks.
    pub fn marked(text: &'static str) -> Self {
        let mut parts = Vec::new();
        let mut ticks = memchr::memchr_iter(b'`', text.as_bytes());
        while let (Some(open), Some(close)) = (ticks.next(), ticks.next()) {
            parts.push(Part { start: open + 1, end: close, kind: Kind::Code });
        }
        Self { text: Cow::Borrowed(text), parts }
    }

    /// A name or a value.
    pub fn code(code: impl AsRef<str>) -> Self {
        Self::new().and_code(code.as_ref())
    }

    /// A name in a list.
    pub fn name(name: impl AsRef<str>) -> Self {
        let mut words = Self::new();
        words.push_part(name.as_ref(), Kind::Name);
        words
    }

    /// A value that is shown at length.
    pub fn value(value: impl AsRef<str>) -> Self {
        let mut words = Self::new();
        words.push_part(value.as_ref(), Kind::Value);
        words
    }

    /// Running text in which a connector or a library has a say.
    pub fn foreign(text: impl AsRef<str>) -> Self {
        let mut words = Self::new();
        words.push_foreign(text.as_ref());
        words
    }

    /// Adds words of our own.
    #[must_use]
    pub fn and_text(mut self, text: &'static str) -> Self {
        self.push_text(text);
        self
    }

    /// Adds a number.
    #[must_use]
    pub fn and_number(mut self, number: usize) -> Self {
        self.text.to_mut().push_str(&number.to_string());
        self
    }

    /// Adds a name or a value.
    #[must_use]
    pub fn and_code(mut self, code: &str) -> Self {
        self.push_code(code);
        self
    }

    /// Adds running text in which a connector or a library has a say.
    #[must_use]
    pub fn and_foreign(mut self, text: &str) -> Self {
        self.push_foreign(text);
        self
    }

    /// Adds what other words say.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.push(other);
        self
    }

    /// Adds words of our own.
    pub fn push_text(&mut self, text: &'static str) {
        if self.text.is_empty() {
            self.text = Cow::Borrowed(text);
        } else if !text.is_empty() {
            self.text.to_mut().push_str(text);
        }
    }

    /// Adds a name or a value.
    pub fn push_code(&mut self, code: &str) {
        self.push_part(code, Kind::Code);
    }

    /// Adds running text in which a connector or a library has a say.
    pub fn push_foreign(&mut self, text: &str) {
        if !text.is_empty() {
            self.push_part(text, Kind::Foreign);
        }
    }

    fn push_part(&mut self, part: &str, kind: Kind) {
        let tick = if kind.is_quoted() { "`" } else { "" };
        let text = self.text.to_mut();
        text.push_str(tick);
        self.parts.push(Part { start: text.len(), end: text.len() + part.len(), kind });
        text.push_str(part);
        text.push_str(tick);
    }

    /// Adds what other words say.
    pub fn push(&mut self, other: &Self) {
        let before = self.text.len();
        if before == 0 {
            self.text = other.text.clone();
        } else {
            self.text.to_mut().push_str(&other.text);
        }
        let moved = other.parts.iter().map(|part| Part {
            start: before + part.start,
            end: before + part.end,
            kind: part.kind,
        });
        self.parts.extend(moved);
    }

    /// Takes no more memory than it needs.
    pub(crate) fn shrink(&mut self) {
        self.parts.shrink_to_fit();
        if let Cow::Owned(text) = &mut self.text {
            text.shrink_to_fit();
        }
    }

    /// The whole as a text, with backticks around code.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The pieces, in order.
    pub fn inlines(&self) -> Vec<Inline<'_>> {
        let mut inlines = Vec::with_capacity(2 * self.parts.len() + 1);
        let mut start = 0;
        for part in &self.parts {
            let tick = usize::from(part.kind.is_quoted());
            inlines.push(Inline::Text(&self.text[start..part.start - tick]));
            let text = &self.text[part.start..part.end];
            inlines.push(match part.kind {
                Kind::Code => Inline::Code(text),
                Kind::Name => Inline::Name(text),
                Kind::Value => Inline::Value(text),
                Kind::Foreign => Inline::Foreign(text),
            });
            start = part.end + tick;
        }
        inlines.push(Inline::Text(&self.text[start..]));
        inlines.retain(|inline| *inline != Inline::Text(""));
        inlines
    }

    /// The same with words of our own in the place of a code, as at the start of a sentence where it stands there.
    #[must_use]
    pub(crate) fn with_code_as(&self, code: &str, words: &'static str) -> Self {
        let mut said = Self::new();
        for inline in self.inlines() {
            match inline {
                Inline::Code(found) if found == code => {
                    let starts = said.text.is_empty() || said.text.ends_with(". ");
                    let words = Self::new().and_text(words);
                    said.push(&if starts { words.raised() } else { words });
                }
                Inline::Text(text) => said.text.to_mut().push_str(text),
                Inline::Code(text) => said.push_part(text, Kind::Code),
                Inline::Name(text) => said.push_part(text, Kind::Name),
                Inline::Value(text) => said.push_part(text, Kind::Value),
                Inline::Foreign(text) => said.push_part(text, Kind::Foreign),
            }
        }
        said
    }

    /// The same with a small letter at its start, for the middle of a sentence. Code, names and words such as `OAuth` stay.
    #[must_use]
    pub fn lowered(mut self) -> Self {
        let starts_with_part = self.parts.first().is_some_and(|part| part.start <= 1);
        let mut characters = self.text.chars();
        if let (Some(first), Some(second)) = (characters.next(), characters.next())
            && !starts_with_part
            && first.is_ascii_uppercase()
            && !second.is_uppercase()
        {
            self.text.to_mut().replace_range(..1, &first.to_lowercase().to_string());
        }
        self
    }

    /// The same as the start of a sentence.
    pub fn raised(mut self) -> Self {
        let starts_with_part = self.parts.first().is_some_and(|part| part.start == 0);
        if !starts_with_part && self.text.starts_with(|first: char| first.is_ascii_lowercase()) {
            self.text.to_mut()[..1].make_ascii_uppercase();
        }
        self
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether the words end a sentence.
    pub fn ends_sentence(&self) -> bool {
        self.text.ends_with('.')
    }

    /// The same without the full stop at its end, for the middle of a sentence.
    #[must_use]
    pub fn without_full_stop(mut self) -> Self {
        let is_own = self.parts.last().is_none_or(|part| part.end < self.text.len());
        if is_own && self.ends_sentence() {
            self.text.to_mut().pop();
        }
        self
    }

    /// The same without words of our own at its start, where it starts with them.
    #[must_use]
    pub fn without_start(mut self, start: &'static str) -> Self {
        let is_own = self
            .inlines()
            .first()
            .is_some_and(|first| matches!(first, Inline::Text(text) if text.starts_with(start)));
        if is_own {
            self.text.to_mut().replace_range(..start.len(), "");
            for part in &mut self.parts {
                part.start -= start.len();
                part.end -= start.len();
            }
        }
        self
    }

    /// What several say, with words of our own between them.
    pub fn joined(all: impl IntoIterator<Item = Self>, between: &'static str) -> Self {
        let mut words = Self::new();
        for (index, one) in all.into_iter().enumerate() {
            words.push_text(if index == 0 { "" } else { between });
            words.push(&one);
        }
        words
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
        Self::foreign(text)
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
    fn a_code_gives_way_to_words_of_our_own() {
        let said = |name: &str| {
            let first = Words::code(name).and_text(" is gone, as is ").and_code("a`b").and_text(". ");
            first.and_code(name).and_text(" was read with ").and_code(name).and_text(".")
        };
        let told = said("lamps").with_code_as("lamps", "the stream");
        assert_eq!(told.as_str(), "The stream is gone, as is `a`b`. The stream was read with the stream.");
        assert_eq!(told, said("wicks").with_code_as("wicks", "the stream"), "the names alone differed");
        assert_eq!(said("lamps").with_code_as("lamp", "the stream"), said("lamps"), "it is another name");
        // A name of our words is data all the same, and code elsewhere stays code.
        assert!(told.inlines().contains(&Inline::Code("a`b")), "{told:?}");
    }

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
        assert_eq!(Words::marked("a").and_text("b").inlines(), [Inline::Text("ab")]);
        let list = Words::joined([Words::name("a`"), Words::foreign("b")], ", ");
        assert_eq!(list.inlines(), [Inline::Name("a`"), Inline::Text(", "), Inline::Foreign("b")]);
        assert_eq!(list.as_str(), "a`, b");
        assert!(Words::new().inlines().is_empty());
    }
}
