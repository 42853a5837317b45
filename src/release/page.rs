//! What readers see of a page in Markdown: all but blocks of code and comments.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

/// A line of a text that readers see as Markdown.
pub(crate) struct Line<'t> {
    /// Where it starts.
    pub(crate) start: usize,
    /// The line without what ends it.
    pub(crate) text: &'t str,
}

/// The lines that start in no block of code and in no comment.
pub(crate) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut unseen = Unseen::of(text).0.into_iter().peekable();
    let (mut lines, mut start) = (Vec::new(), 0);
    for line in text.split_inclusive('\n') {
        let shown = line.trim_end_matches('\n').trim_end_matches('\r');
        let first = start + (shown.len() - shown.trim_start().len());
        while unseen.next_if(|range| range.end <= first).is_some() {}
        if unseen.peek().is_none_or(|range| first < range.start) {
            lines.push(Line { start, text: shown });
        }
        start += line.len();
    }
    lines
}

/// The bytes of blocks of code and of comments, in their order.
pub(crate) struct Unseen(Vec<Range<usize>>);

impl Unseen {
    pub(crate) fn of(text: &str) -> Self {
        let mut unseen: Vec<Range<usize>> = Vec::new();
        for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
            match event {
                Event::Start(Tag::CodeBlock(_)) => unseen.push(range),
                Event::Html(_) | Event::InlineHtml(_) => {
                    let mut at = range.start;
                    while let Some(open) = text[at..range.end].find("<!--").map(|open| at + open) {
                        // A page has no other end of a comment, whatever blocks Markdown sees in it. `<!-->` is one.
                        at = text[open + 2..].find("-->").map_or(text.len(), |end| open + 2 + end + 3);
                        unseen.push(open..at);
                        if at >= range.end {
                            break;
                        }
                    }
                }
                _ => {}
            }
        }
        // What starts in another one is a part of it.
        let mut end = 0;
        unseen.retain(|range| {
            let is_apart = range.start >= end;
            end = if is_apart { range.end } else { end };
            is_apart
        });
        Self(unseen)
    }

    /// Whether a byte is in one of them.
    pub(crate) fn holds(&self, offset: usize) -> bool {
        let before = self.0.partition_point(|range| range.start <= offset);
        before.checked_sub(1).is_some_and(|last| self.0[last].contains(&offset))
    }
}
