//! Text and code within a line of Markdown: what a connector calls things is always code, in which no engine finds an
//! element, a link, a mention or a formula.

use super::super::text::{LONGEST_FOREIGN, LONGEST_NAME};
use crate::model::{Inline, Words, visible, visible_within};

/// Where code stands. A bar ends a cell of a table even inside code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    Table,
    Line,
}

/// Words as a line of Markdown.
pub(super) fn words(words: &Words) -> String {
    words_in(words, Within::Line)
}

pub(super) fn words_in(words: &Words, within: Within) -> String {
    let inlines = words.inlines().into_iter();
    let shown = inlines.map(|inline| match inline {
        Inline::Text(text) => escape(text),
        Inline::Code(name) | Inline::Name(name) => code(&visible_within(name, LONGEST_NAME), within),
        Inline::Value(value) => code(value, within),
        Inline::Foreign(text) => foreign(text, within),
    });
    shown.collect()
}

/// Running text in which others have a say: as text where it is made of words, else as code, in which no engine finds a
/// link, a mention, a formula or an element.
pub(super) fn foreign(text: &str, within: Within) -> String {
    let text = visible_within(text, LONGEST_FOREIGN);
    let is_word = |c: char| c.is_alphanumeric() || " ,;()'\".-_/%→…".contains(c);
    let lower = text.to_lowercase();
    let links = ["www.", "gh-", "//"].iter().any(|sign| lower.contains(sign));
    // A colon may stand between words: what follows it in an address is no blank.
    let pieces: Vec<&str> = text.split(": ").collect();
    if !links && pieces.iter().all(|piece| piece.chars().all(is_word)) && !text.trim().is_empty() {
        escape(&text)
    } else {
        code(&text, within)
    }
}

/// Words of our own for a table cell or a line.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '|' | '<' | '>' | '*' | '_' | '[' | ']' | '\\' | '#' | '~' | '@' | '`' | '$' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '&' => escaped.push_str("&amp;"),
            '\n' | '\r' => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A block of code whose fence is longer than any in it.
pub(super) fn fenced(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let lines: String = text.lines().map(|line| format!("{}\n", visible(line))).collect();
    format!("{fence}{language}\n{lines}{fence}\n")
}

/// GitHub's engine takes a run of more than 80 backticks for text, and what is inside of it for Markdown.
const LONGEST_FENCE: usize = 64;

/// A code span. Its fence is longer than any run of backticks inside, as CommonMark has it, so that nothing inside ends
/// it. A run that is too long for a fence is shown by its length.
pub(super) fn code(text: &str, within: Within) -> String {
    let mut shown = shortened_runs(&visible(text));
    if within == Within::Table {
        // Engines differ on a bar after a backslash: one of them ends the cell there.
        shown = shown.replace("\\|", "\\\\u{7c}").replace('|', "\\|");
    }
    let longest = shown.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // One space on each side is taken away again, so that a backtick may stand at an end; a name of spaces keeps them.
    let is_blank = shown.trim_matches(' ').is_empty();
    let at_end = |c: char| c == '`' || c == ' ' && !is_blank;
    let pad = if shown.is_empty() || shown.starts_with(at_end) || shown.ends_with(at_end) { " " } else { "" };
    format!("{fence}{pad}{shown}{pad}{fence}")
}

fn shortened_runs(text: &str) -> String {
    let mut rest = text;
    let mut short = String::with_capacity(text.len());
    while let Some(at) = rest.find('`') {
        let length = rest[at..].bytes().take_while(|byte| *byte == b'`').count();
        short.push_str(&rest[..at]);
        if length > LONGEST_FENCE {
            short.push_str(&format!("{length} backticks"));
        } else {
            short.push_str(&rest[at..at + length]);
        }
        rest = &rest[at + length..];
    }
    short.push_str(rest);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_code_span_ends_it() {
        for (text, expected) in [
            ("users", "`users`"),
            ("a`b", "``a`b``"),
            ("`", "`` ` ``"),
            ("a``", "``` a`` ```"),
            ("a|b", "`a\\|b`"),
            ("a\nb", "`a\\nb`"),
            (" ", "` `"),
            (" a", "`  a `"),
            ("C:\\data", "`C:\\data`"),
        ] {
            assert_eq!(code(text, Within::Table), expected, "{text:?}");
        }
        assert_eq!(code("a|b", Within::Line), "`a|b`");
        assert_eq!(code("", Within::Line), "`  `");
        let many = "`".repeat(80);
        assert_eq!(code(&format!("{many}<h1>"), Within::Line), "`80 backticks<h1>`");
    }

    #[test]
    fn text_is_shown_as_it_is() {
        assert_eq!(escape("a&lt;b `c` *d*"), "a&amp;lt;b \\`c\\` \\*d\\*");
        let said = Words::marked("the column ").and_code("a`|b").and_text(" of a`b");
        assert_eq!(words(&said), "the column ``a`|b`` of a\\`b");
    }
}
