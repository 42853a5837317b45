//! A YAML text as nodes that know their bytes.
//!
//! `load/yaml` gives the values that Python's safe loader sees, with aliases and merge keys resolved. Here is what is
//! written: an alias is an alias, `<<` is a key, and of equal keys each stands.

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, Span, StructureStyle};

use super::YamlEditError;

/// A node, as it is written.
#[derive(Debug)]
pub(super) struct Node {
    /// Its bytes. Of a collection in block style: from its first key or dash to the end of its last value.
    pub(super) range: Range<usize>,
    /// The anchor that it has; 0 for none.
    pub(super) anchor: usize,
    pub(super) content: Content,
}

#[derive(Debug)]
pub(super) enum Content {
    Scalar { text: String, style: ScalarStyle },
    Sequence { items: Vec<Node>, is_flow: bool },
    Mapping { entries: Vec<Entry>, is_flow: bool },
    Alias(usize),
}

/// A key with its value.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: Node,
    pub(super) value: Node,
}

impl Node {
    /// The text of a scalar.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Whether it says nothing: `null`, `{}`, `[]`, or no text at all.
    pub(super) fn is_empty(&self) -> bool {
        match &self.content {
            Content::Scalar { text, style: ScalarStyle::Plain } => {
                matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL")
            }
            Content::Scalar { .. } | Content::Alias(_) => false,
            Content::Sequence { items, .. } => items.is_empty(),
            Content::Mapping { entries, .. } => entries.is_empty(),
        }
    }

    /// Whether it is written between brackets.
    pub(super) fn is_flow(&self) -> bool {
        matches!(
            self.content,
            Content::Sequence { is_flow: true, .. } | Content::Mapping { is_flow: true, .. }
        )
    }

    /// The entry of a key: of equal keys the last, which is the one that counts.
    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.content {
            Content::Mapping { entries, .. } => entries.iter().rev().find(|one| one.key.text() == Some(key)),
            _ => None,
        }
    }

    /// It and all nodes in it.
    pub(super) fn walk<'n>(&'n self, visit: &mut impl FnMut(&'n Node)) {
        visit(self);
        match &self.content {
            Content::Scalar { .. } | Content::Alias(_) => {}
            Content::Sequence { items, .. } => items.iter().for_each(|item| item.walk(visit)),
            Content::Mapping { entries, .. } => {
                for entry in entries {
                    entry.key.walk(visit);
                    entry.value.walk(visit);
                }
            }
        }
    }
}

/// So deep nests what is edited here; metadata nests to about ten.
const MOST_LEVELS: usize = 64;

/// The one document of a text.
pub(super) fn read(text: &str) -> Result<Node, YamlEditError> {
    let options = granit_parser::options! {
        emit_anchor_events: false,
        emit_comments: false,
        flow_nesting_limit: MOST_LEVELS,
        block_nesting_limit: MOST_LEVELS,
    };
    let mut reader = Reader { events: Parser::new_from_str_with_options(text, options) };
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamStart | Event::DocumentStart(..) => {}
            Event::StreamEnd => return Err(YamlEditError::at(span.start.line(), "the file is empty")),
            event => return reader.node(event, span, 0),
        }
    }
}

struct Reader<'t> {
    events: Parser<'t, granit_parser::StrInput<'t>>,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Span), YamlEditError> {
        match self.events.next() {
            None => Ok((Event::StreamEnd, Span::default())),
            Some(Ok(event)) => Ok(event),
            Some(Err(scan)) => Err(YamlEditError::at(
                scan.marker().line().max(1),
                format!("it can be read and not edited: {}: write it as YAML 1.2 has it", scan.info()),
            )),
        }
    }

    fn node(&mut self, event: Event<'t>, span: Span, level: usize) -> Result<Node, YamlEditError> {
        let line = span.start.line().max(1);
        if level > MOST_LEVELS {
            return Err(YamlEditError::at(
                line,
                format!("expected at most {MOST_LEVELS} levels, found more"),
            ));
        }
        let range = span.byte_range().ok_or_else(|| YamlEditError::at(line, "the parser gives no place"))?;
        Ok(match event {
            Event::Alias(anchor) => Node { range, anchor: 0, content: Content::Alias(anchor) },
            Event::Scalar(text, style, anchor, _) => {
                Node { range, anchor, content: Content::Scalar { text: text.into_owned(), style } }
            }
            Event::SequenceStart(style, anchor, _) => {
                let mut items = Vec::new();
                let end = loop {
                    match self.next()? {
                        (Event::SequenceEnd, span) => break span.byte_range(),
                        (event, span) => items.push(self.node(event, span, level + 1)?),
                    }
                };
                let is_flow = style == StructureStyle::Flow;
                let last = items.last().map(|item| item.range.end);
                let range = whole(range, end, last, is_flow);
                Node { range, anchor, content: Content::Sequence { items, is_flow } }
            }
            Event::MappingStart(style, anchor, _) => {
                let mut entries: Vec<Entry> = Vec::new();
                let end = loop {
                    match self.next()? {
                        (Event::MappingEnd, span) => break span.byte_range(),
                        (event, span) => {
                            let key = self.node(event, span, level + 1)?;
                            let (event, span) = self.next()?;
                            let mut value = self.node(event, span, level + 1)?;
                            // What is not written is for the parser where the next token is.
                            if value.range.is_empty() || matches!(value.text(), Some("")) && value.is_empty()
                            {
                                value.range = key.range.end..key.range.end;
                            }
                            entries.push(Entry { key, value });
                        }
                    }
                };
                let is_flow = style == StructureStyle::Flow;
                let last = entries.last().map(|entry| entry.value.range.end.max(entry.key.range.end));
                let mut range = whole(range, end, last, is_flow);
                if let Some(first) = entries.first().filter(|_| !is_flow) {
                    range.start = first.key.range.start;
                }
                Node { range, anchor, content: Content::Mapping { entries, is_flow } }
            }
            other => return Err(YamlEditError::at(line, format!("expected a value, found {other:?}"))),
        })
    }
}

/// The bytes of a collection. One in block style ends for the parser where the next token is.
fn whole(start: Range<usize>, end: Option<Range<usize>>, last: Option<usize>, is_flow: bool) -> Range<usize> {
    let end = match (is_flow, last) {
        (false, Some(last)) => last,
        _ => end.map_or(start.end, |end| end.end),
    };
    start.start..end
}
