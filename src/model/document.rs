//! A file that was read, and how to name a line and column in it.

use std::num::NonZeroU32;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock};

/// How the text of a [`Document`] is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentFormat {
    /// One JSON value.
    Json,
    /// One JSON value a line; lines that are something else are skipped.
    JsonLines,
    /// YAML 1.1 as Python's safe loader reads it.
    Yaml,
    /// Markdown or any other prose.
    Text,
}

/// One file, as text.
#[derive(Debug)]
pub struct Document {
    /// How reports name it: relative to the connector directory, or the path as it was given.
    pub file: String,
    /// What stands before `file` in the path that opens it: the connector directory with its last slash, or nothing.
    pub root: String,
    /// Its whole text, without a byte order mark.
    pub text: String,
    /// Whether the file starts with a byte order mark.
    pub has_mark: bool,
    /// How to read the text.
    pub format: DocumentFormat,
    /// Whether the text is what was made of the file, so that its lines are not those of the file.
    pub is_derived: bool,
    /// The entries of the text where it is one JSON object, once somebody has asked for them.
    pub(crate) entries: OnceLock<Option<Vec<DocumentEntry>>>,
    /// The streams that were cut with the entries, until the reader of catalogs takes them.
    pub(crate) streams: Mutex<Option<DocumentStreams>>,
    /// The file of the other side beside which this one was cut.
    pub(crate) cut_beside: OnceLock<Arc<Document>>,
    /// Where lines end, once somebody has asked for a line.
    ends_of_lines: OnceLock<Vec<usize>>,
    /// Places at even distances, once somebody has asked for a place.
    marks: OnceLock<Vec<(usize, Position)>>,
}

/// An entry of a document that is one JSON object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DocumentEntry {
    pub(crate) key: String,
    /// Where the key stands without its quotation marks, if it is written without escapes.
    pub(crate) key_range: Option<Range<usize>>,
    pub(crate) value: Range<usize>,
}

/// Streams in portions: each is given back when it is read, and what is made of it takes its place.
pub(crate) type Portions = Vec<Vec<DocumentStream>>;

/// The streams that were cut with the entries of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DocumentStreams {
    /// From its own text alone.
    Alone(Portions),
    /// Beside the catalog of the other side.
    Beside(Vec<StreamBeside>),
}

impl DocumentStreams {
    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        match self {
            Self::Alone(portions) => portions.iter().map(Vec::len).sum(),
            Self::Beside(streams) => {
                let count = |stream: &StreamBeside| match stream {
                    StreamBeside::Copies { count, .. } => *count,
                    StreamBeside::Read(_) => 1,
                };
                streams.iter().map(count).sum()
            }
        }
    }
}

/// Streams of a document that was cut beside the catalog of the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StreamBeside {
    /// So many have the bytes of the streams from this place of its list on, and stand as far from each other as those do.
    Copies { start: usize, of: usize, count: usize },
    /// One that the catalog does not have in the same bytes, or not where it was looked for.
    Read(DocumentStream),
}

/// A stream of a catalog by where it stands in a text, as far as it was read when the text was cut. Of a million streams these
/// are a large part of memory, so what lies in a stream is counted from its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DocumentStream {
    start: usize,
    length: u32,
    name: Option<PieceOfStream>,
    namespace: Option<PieceOfStream>,
    /// Whether it is spelled as Airbyte's API does.
    pub(crate) is_of_api: bool,
}

/// A piece of the text of a stream, from the start of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct PieceOfStream {
    start: u32,
    length: NonZeroU32,
}

impl DocumentStream {
    /// A stream with the values of `name` and `namespace`, the last of equal keys. `None` for one of more than 4 GiB, and for
    /// values that do not lie in it.
    pub(crate) fn new(
        range: Range<usize>,
        [name, namespace]: [Option<Range<usize>>; 2],
        is_of_api: bool,
    ) -> Option<Self> {
        let start = range.start;
        let piece = |piece: Range<usize>| {
            let length = NonZeroU32::new(u32::try_from(piece.len()).ok()?)?;
            Some(PieceOfStream { start: u32::try_from(piece.start.checked_sub(start)?).ok()?, length })
        };
        let pieces = |found: Option<Range<usize>>| match found {
            None => Some(None),
            Some(found) => piece(found).map(Some),
        };
        let length = u32::try_from(range.len()).ok()?;
        Some(Self { start, length, name: pieces(name)?, namespace: pieces(namespace)?, is_of_api })
    }

    /// All of it.
    pub(crate) fn range(self) -> Range<usize> {
        self.start..self.start + self.length as usize
    }

    /// The value of `name`.
    pub(crate) fn name(self) -> Option<Range<usize>> {
        self.name.map(|piece| self.piece(piece))
    }

    /// The value of `namespace`.
    pub(crate) fn namespace(self) -> Option<Range<usize>> {
        self.namespace.map(|piece| self.piece(piece))
    }

    fn piece(self, PieceOfStream { start, length }: PieceOfStream) -> Range<usize> {
        let start = self.start + start as usize;
        start..start + length.get() as usize
    }
}

/// A place in a text. Both numbers start at 1; the column counts characters, not bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// So many bytes are between two places that are kept. From the nearest one a place is counted anew.
pub(crate) const BETWEEN_MARKS: usize = 64 << 10;

impl Position {
    /// The place behind a text that starts here.
    pub(crate) fn after(self, text: &str) -> Self {
        // Of a long text in one line most is ASCII, which is seen faster than characters are counted.
        let characters = |text: &str| if text.is_ascii() { text.len() } else { text.chars().count() };
        let Some(last) = memchr::memrchr(b'\n', text.as_bytes()) else {
            return Self { line: self.line, column: self.column + characters(text) };
        };
        let newlines = memchr::memchr_iter(b'\n', &text.as_bytes()[..=last]).count();
        Self { line: self.line + newlines, column: 1 + characters(&text[last + 1..]) }
    }
}

impl Document {
    /// A text as a document.
    pub fn new(file: String, root: String, text: String, format: DocumentFormat) -> Self {
        let (entries, streams) = (OnceLock::new(), Mutex::new(None));
        let (ends_of_lines, marks) = (OnceLock::new(), OnceLock::new());
        Self {
            file,
            root,
            text,
            has_mark: false,
            format,
            is_derived: false,
            entries,
            streams,
            cut_beside: OnceLock::new(),
            ends_of_lines,
            marks,
        }
    }

    /// The same, of a file that starts with a byte order mark or does not.
    #[must_use]
    pub fn with_mark(self, has_mark: bool) -> Self {
        Self { has_mark, ..self }
    }

    /// What was made of a file, under its name.
    pub fn derived(file: String, root: String, text: String, format: DocumentFormat) -> Self {
        Self { is_derived: true, ..Self::new(file, root, text, format) }
    }

    /// The lines from one on, counted from 1, without what ends them. A line is not read to find its end.
    pub(crate) fn lines_from(&self, line: usize) -> impl Iterator<Item = &str> {
        let ends = self.ends_of_lines();
        (line.saturating_sub(1)..).map_while(move |index| {
            let start = match index.checked_sub(1) {
                None => 0,
                Some(before) => ends.get(before)? + 1,
            };
            let end = ends.get(index).copied();
            // What ends the last line begins no other.
            let line = self.text.get(start..end.unwrap_or(self.text.len()))?;
            (end.is_some() || !line.is_empty()).then(|| line.strip_suffix('\r').unwrap_or(line))
        })
    }

    /// The place of the last mark at or before a byte offset, with the offset of that mark.
    pub(crate) fn mark_before(&self, offset: usize) -> (usize, Position) {
        let marks = self.marks.get_or_init(|| {
            let (mut marks, mut at) = (vec![(0, Position { line: 1, column: 1 })], 0);
            while let Some(&(start, place)) = marks.last()
                && at + BETWEEN_MARKS < self.text.len()
            {
                at += BETWEEN_MARKS;
                let end = (at..=self.text.len()).find(|&end| self.text.is_char_boundary(end));
                let end = end.unwrap_or(self.text.len());
                marks.push((end, place.after(&self.text[start..end])));
            }
            marks
        });
        marks[marks.partition_point(|(start, _)| *start <= offset).saturating_sub(1)]
    }

    fn ends_of_lines(&self) -> &[usize] {
        self.ends_of_lines.get_or_init(|| memchr::memchr_iter(b'\n', self.text.as_bytes()).collect())
    }

    /// The line of a byte offset, from 1. A file may have an error for each of its streams: it is read once for all.
    pub fn line(&self, offset: usize) -> usize {
        1 + self.ends_of_lines().partition_point(|end| *end < offset)
    }

    /// Where `part`, a piece of this document's text, stands in it; `None` for a text from elsewhere.
    pub fn range_of(&self, part: &str) -> Option<Range<usize>> {
        let start = (part.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        let end = start.checked_add(part.len())?;
        (end <= self.text.len()).then_some(start..end)
    }
}

/// The line and column of a byte offset in `text`. An offset past the end gives the end; one inside a character gives
/// that character.
pub(crate) fn position(text: &str, offset: usize) -> Position {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Position {
        line: 1 + memchr::memchr_iter(b'\n', before.as_bytes()).count(),
        column: 1 + before[line_start..].chars().count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let text = "a\n\u{e9}\u{e9}x";
        assert_eq!(position(text, 6), Position { line: 2, column: 3 });
        assert_eq!(position(text, 3), Position { line: 2, column: 1 });
        assert_eq!(position(text, 99), Position { line: 2, column: 4 });
        let document = Document::new(String::new(), String::new(), text.to_owned(), DocumentFormat::Text);
        for offset in [0, 1, 2, 6, 99] {
            assert_eq!(document.line(offset), position(text, offset).line);
        }
    }

    #[test]
    fn marks_and_lines_are_where_they_are_in_the_text() {
        let text: String =
            (0..30_000).map(|number| if number % 999 == 0 { "\u{e9}\r\n" } else { "\u{e9}abc " }).collect();
        let document = Document::new(String::new(), String::new(), text.clone(), DocumentFormat::Text);
        for offset in [0, 65_535, 65_536, 65_537, 131_073, text.len(), text.len() + 9] {
            let (start, place) = document.mark_before(offset);
            assert!(
                start <= offset && offset.min(text.len()) - start < BETWEEN_MARKS + 4,
                "{offset}: {start}"
            );
            assert_eq!(place, position(&text, start), "{offset}");
        }
        for (text, line) in [("a\nb\r\n\nc", 1), ("a\nb\n", 2), ("a\n", 2), ("", 1), ("a", 3), ("\n\n", 1)] {
            let document = Document::new(String::new(), String::new(), text.to_owned(), DocumentFormat::Text);
            let expected: Vec<&str> = text.lines().skip(line - 1).collect();
            assert_eq!(document.lines_from(line).collect::<Vec<_>>(), expected, "{text:?} from {line}");
        }
    }
}
