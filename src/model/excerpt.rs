//! The lines of a file that a report shows beside a place in it.

use std::fmt;
use std::sync::Arc;

use super::{Document, DocumentFormat};

/// The file that a place is in, for those who show its lines.
#[derive(Clone)]
pub struct Source(Arc<Document>);

/// Two of them are one where the text is one.
impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.text == other.0.text
    }
}

impl Eq for Source {}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Source").field(&self.0.file).finish()
    }
}

/// A line of a file, or two where the first only opens what the second holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The lines with their numbers, from 1, without what they are all indented by and cut to a width.
    pub lines: Vec<(usize, String)>,
    /// Where in the first of them the place is, in characters from 0, and how many belong to it.
    pub mark: (usize, usize),
}

/// So many characters of a line are shown.
const WIDTH: usize = 88;

/// So many of those stand before the place, in a line that is longer.
const BEFORE: usize = 24;

/// So many lines of a value are looked at for one that differs.
const LONGEST_BLOCK: usize = 40;

/// Lines that are longer are not read: such a file is one line.
const LONGEST_LINE: usize = 1 << 20;

impl Source {
    /// The lines of this file may be shown.
    pub(crate) fn new(document: Arc<Document>) -> Self {
        Self(document)
    }

    /// How the file is read.
    pub(crate) fn format(&self) -> DocumentFormat {
        self.0.format
    }

    /// The lines from one on, up to the first that is too long to be read.
    fn lines_from(&self, line: usize) -> impl Iterator<Item = &str> {
        self.0.lines_from(line).take_while(|line| line.len() <= LONGEST_LINE)
    }

    /// Whether the text is that of a document.
    pub(crate) fn is_of(&self, document: &Arc<Document>) -> bool {
        Arc::ptr_eq(&self.0, document)
    }

    /// The lines of the value at a line and a column, both from 1: those below that are further in.
    pub(crate) fn block(&self, line: usize, column: usize) -> Vec<&str> {
        let mut lines = self.lines_from(line).take(LONGEST_BLOCK);
        let Some(first) = lines.next() else { return Vec::new() };
        let start = first.char_indices().nth(column.saturating_sub(1)).map_or(0, |(at, _)| at);
        let indent = indent_of(first);
        std::iter::once(&first[start..]).chain(lines.take_while(|next| indent_of(next) > indent)).collect()
    }

    /// What stands at a line and a column, both from 1, and so many lines below it where the first only opens what they
    /// hold; `None` where nothing stands there.
    pub(crate) fn excerpt(&self, line: usize, column: usize, below: usize) -> Option<Excerpt> {
        let mut lines = self.lines_from(line);
        let first = lines.next()?;
        let column = column.checked_sub(1)?;
        let place = first.char_indices().nth(column)?.0;
        let indent = indent_of(first);
        let (shown, before) = window(first, indent, place);
        let marked = word(&first[place..]);
        let opens = first.trim_end().ends_with([':', '{', '[']);
        let second = lines.nth(below.saturating_sub(1)).filter(|next| opens && indent_of(next) > indent);
        let second = second.map(|next| (below, window(next, indent, indent).0));
        Some(Excerpt {
            mark: (before, marked.min(shown.chars().count().saturating_sub(before)).max(1)),
            lines: std::iter::once((0, shown))
                .chain(second)
                .map(|(below, text)| (line + below, text))
                .collect(),
        })
    }
}

/// In bytes; only what is one byte counts, so that a line of the same indent can be cut there.
fn indent_of(line: &str) -> usize {
    line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// The part of a line that is shown, and how many of its characters stand before a byte of the line.
fn window(line: &str, indent: usize, place: usize) -> (String, usize) {
    let start = indent.min(place);
    let before = line[start..place].chars().count();
    if before + BEFORE <= WIDTH {
        return (clipped_end(&line[start..]), before);
    }
    // The place is far into a long line: what is shown starts shortly before it.
    let from = line[..place].char_indices().rev().nth(BEFORE - 2).map_or(0, |(at, _)| at);
    (format!("…{}", clipped_end(&line[from..])), BEFORE)
}

fn clipped_end(text: &str) -> String {
    let text = text.trim_end();
    match text.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// How many characters belong to the key or value that starts here.
fn word(text: &str) -> usize {
    let mut characters = text.chars();
    match characters.next() {
        Some(quote @ ('"' | '\'')) => 2 + characters.take_while(|c| *c != quote).count(),
        Some(_) => {
            text.chars().take_while(|c| !c.is_whitespace() && !matches!(c, ':' | ',' | '}' | ']')).count()
        }
        None => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(text: &str, line: usize, column: usize) -> Option<Excerpt> {
        let document = Document::new(String::new(), String::new(), text.to_owned(), DocumentFormat::Yaml);
        Source::new(Arc::new(document)).excerpt(line, column, 1)
    }

    #[test]
    fn the_place_is_marked() {
        let text = "a:\n    zip: {type: integer}\n    city:\n      type: string\n";
        let one = excerpt(text, 2, 5).expect("a line");
        assert_eq!((one.lines.as_slice(), one.mark), (&[(2, "zip: {type: integer}".to_owned())][..], (0, 3)));
        let two = excerpt(text, 3, 5).expect("a line");
        assert_eq!(two.lines, [(3, "city:".to_owned()), (4, "  type: string".to_owned())]);
        assert_eq!(excerpt("{\"a\": {\"b\": 1}}", 1, 8).map(|one| one.mark), Some((7, 3)));
        assert_eq!(excerpt(text, 9, 1), None);
        assert_eq!(excerpt("", 1, 1), None);
        // A blank of several bytes is no indent.
        let odd = excerpt("    anyOf:\n   \u{a0}bar: 1\n", 1, 5).expect("a line");
        assert_eq!(odd.lines, [(1, "anyOf:".to_owned())]);
        // A line that is too long is not shown, nor is the next one in its place.
        assert_eq!(excerpt(&format!("{}\nsecret", "x".repeat(LONGEST_LINE + 1)), 1, 1), None);
    }

    #[test]
    fn of_a_file_in_one_line_the_place_is_shown() {
        let text = format!("{{\"a\": \"{}\", \"é\": 1, \"z\": \"{}\"}}", "x".repeat(500), "y".repeat(500));
        let column = text.chars().position(|c| c == 'é').expect("it is there");
        let one = excerpt(&text, 1, column).expect("a line");
        assert!(one.lines[0].1.starts_with("…xxx") && one.lines[0].1.ends_with('…'), "{one:?}");
        let marked: String = one.lines[0].1.chars().skip(one.mark.0).take(one.mark.1).collect();
        assert_eq!(marked, "\"é\"");
        assert!(one.lines[0].1.chars().count() <= WIDTH + BEFORE);
    }
}
