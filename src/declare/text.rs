//! Lines of a text, by their bytes.

/// How the lines of a text end, and where they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lines {
    /// What most lines end with.
    pub(super) newline: &'static str,
}

/// The line of a byte, from 1.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    1 + memchr::memchr_iter(b'\n', &text.as_bytes()[..offset.min(text.len())]).count()
}

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        let all = memchr::memchr_iter(b'\n', text.as_bytes()).count();
        let windows = text.matches("\r\n").count();
        Self { newline: if windows * 2 > all { "\r\n" } else { "\n" } }
    }

    /// Where the line of a byte starts.
    pub(super) fn start(self, text: &str, offset: usize) -> usize {
        text[..offset].rfind('\n').map_or(0, |end| end + 1)
    }

    /// Where the line of a byte ends, before what ends it.
    pub(super) fn end(self, text: &str, offset: usize) -> usize {
        let end = text[offset..].find('\n').map_or(text.len(), |end| offset + end);
        if end > offset && text[..end].ends_with('\r') { end - 1 } else { end }
    }

    /// Where the line behind that of a byte starts; the end of the text where there is none.
    pub(super) fn next(self, text: &str, offset: usize) -> usize {
        text[offset..].find('\n').map_or(text.len(), |end| offset + end + 1)
    }

    /// Behind the lines of comments that start here, each at a column or further in.
    pub(super) fn below_comments(self, text: &str, mut at: usize, column: usize) -> usize {
        while at < text.len() {
            let line = &text[at..self.end(text, at)];
            let margin = line.len() - line.trim_start_matches(' ').len();
            if !(line[margin..].starts_with('#') && margin >= column) {
                break;
            }
            at = self.next(text, at);
        }
        at
    }

    /// Before the lines of comments that end here, each at a column.
    pub(super) fn above_comments(self, text: &str, mut at: usize, column: usize) -> usize {
        while at > 0 {
            let before = self.start(text, at - 1);
            let line = &text[before..at];
            let margin = line.len() - line.trim_start_matches(' ').len();
            if !(line[margin..].starts_with('#') && margin == column) {
                break;
            }
            at = before;
        }
        at
    }
}
