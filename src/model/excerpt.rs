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
    /// The number of the first line, from 1.
    pub line: usize,
    /// The lines, without what they are all indented by and cut to a width.
    pub lines: Vec<String>,
    /// Where in the first of them the place is, in characters from 0, and how many belong to it.
    pub mark: (usize, usize),
}

/// So many characters of a line are shown.
const WIDTH: usize = 88;

/// So many of those stand before the place, in a line that is longer.
const BEFORE: usize = 24;

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

    /// What stands at a line and a column, both from 1; `None` where nothing does.
    pub(crate) fn excerpt(&self, line: usize, column: usize) -> Option<Excerpt> {
        let mut lines = self.0.lines_from(line).filter(|line| line.len() <= LONGEST_LINE);
        let first = lines.next()?;
        let column = column.checked_sub(1)?;
        let place = first.char_indices().nth(column)?.0;
        let indent = first.len() - first.trim_start().len();
        let (shown, before) = window(first, indent, place);
        let marked = word(&first[place..]);
        let opens = first.trim_end().ends_with([':', '{', '[']);
        let second = lines.next().filter(|next| opens && indent_of(next) >= indent).map(|next| {
            let (shown, _) = window(next, indent.min(indent_of(next)), indent);
            shown
        });
        Some(Excerpt {
            line,
            mark: (before, marked.min(shown.chars().count().saturating_sub(before)).max(1)),
            lines: std::iter::once(shown).chain(second).collect(),
        })
    }
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start().len()
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
        Source::new(Arc::new(document)).excerpt(line, column)
    }

    #[test]
    fn the_place_is_marked() {
        let text = "a:\n    zip: {type: integer}\n    city:\n      type: string\n";
        let one = excerpt(text, 2, 5).expect("a line");
        assert_eq!((one.lines.as_slice(), one.mark), (&["zip: {type: integer}".to_owned()][..], (0, 3)));
        let two = excerpt(text, 3, 5).expect("a line");
        assert_eq!(two.lines, ["city:", "  type: string"]);
        assert_eq!(excerpt("{\"a\": {\"b\": 1}}", 1, 8).map(|one| one.mark), Some((7, 3)));
        assert_eq!(excerpt(text, 9, 1), None);
        assert_eq!(excerpt("", 1, 1), None);
    }

    #[test]
    fn of_a_file_in_one_line_the_place_is_shown() {
        let text = format!("{{\"a\": \"{}\", \"é\": 1, \"z\": \"{}\"}}", "x".repeat(500), "y".repeat(500));
        let column = text.chars().position(|c| c == 'é').expect("it is there");
        let one = excerpt(&text, 1, column).expect("a line");
        assert!(one.lines[0].starts_with("…xxx") && one.lines[0].ends_with('…'), "{one:?}");
        let marked: String = one.lines[0].chars().skip(one.mark.0).take(one.mark.1).collect();
        assert_eq!(marked, "\"é\"");
        assert!(one.lines[0].chars().count() <= WIDTH + BEFORE);
    }
}
