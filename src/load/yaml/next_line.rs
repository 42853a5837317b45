//! U+0085, which ends a line for PyYAML and is a character like others in YAML 1.2.
//!
//! PyYAML's scanner takes it for a line feed wherever it stands (`scan_line_break`, PyYAML 6.0.3), in quotes and blocks too.
//! So it is one before the text is parsed, and places are told by the lines of the file.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use super::{Content, Mapping, Node, Place};
use crate::model::Position;

const NEXT_LINE: char = '\u{85}';

/// A text in which every U+0085 is a line feed.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    pub(super) text: Cow<'t, str>,
    /// The lines that the file does not have, in their order.
    added: Vec<Added>,
}

/// A line that starts behind a U+0085.
#[derive(Debug)]
struct Added {
    /// Its number in the text, from 1.
    line: usize,
    /// So many characters of the file's line stand before it.
    column: usize,
}

impl<'t> Lines<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        if !text.contains(NEXT_LINE) {
            return Self { text: Cow::Borrowed(text), added: Vec::new() };
        }
        let (mut read, mut added) = (String::with_capacity(text.len()), Vec::new());
        let (mut line, mut column) = (1, 0);
        for character in text.chars() {
            column += 1;
            match character {
                NEXT_LINE => {
                    // Together with the line feed a carriage return would be one line end, and here they are two.
                    if read.ends_with('\r') {
                        read.pop();
                        read.push('\n');
                        line += 1;
                        added.push(Added { line, column: column - 1 });
                    }
                    read.push('\n');
                    line += 1;
                    added.push(Added { line, column });
                }
                other => {
                    read.push(other);
                    if other == '\n' {
                        (line, column) = (line + 1, 0);
                    }
                }
            }
        }
        Self { text: Cow::Owned(read), added }
    }

    /// A place in the text as the place in the file.
    pub(super) fn in_file(&self, Position { line, column }: Position) -> Position {
        let before = self.added.partition_point(|added| added.line <= line);
        let same_line = self.added[..before].last().filter(|added| added.line == line);
        Position { line: line - before, column: column + same_line.map_or(0, |added| added.column) }
    }

    fn place_in_file(&self, place: Place) -> Place {
        self.in_file(place.into()).into()
    }

    /// A node with its places in the file.
    pub(super) fn node_in_file(&self, node: Node) -> Node {
        match self.added.is_empty() {
            true => node,
            false => self.moved(&node, &mut HashMap::new()),
        }
    }

    /// What aliases share stays shared.
    fn moved(&self, node: &Node, shared: &mut HashMap<*const Content, Rc<Content>>) -> Node {
        let key = Rc::as_ptr(&node.content);
        let content = match shared.get(&key) {
            Some(content) => content.clone(),
            None => {
                let content = Rc::new(match &*node.content {
                    Content::Scalar(plain) => Content::Scalar(plain.clone()),
                    Content::Sequence(items) => {
                        Content::Sequence(items.iter().map(|item| self.moved(item, shared)).collect())
                    }
                    Content::Mapping(mapping) => {
                        let entry = |(key, place, value): &(Rc<str>, Place, Node)| {
                            (key.clone(), self.place_in_file(*place), self.moved(value, shared))
                        };
                        let dropped =
                            |(key, place): &(Rc<str>, Place)| (key.clone(), self.place_in_file(*place));
                        Content::Mapping(Mapping {
                            entries: mapping.entries.iter().map(entry).collect(),
                            dropped: mapping.dropped.iter().map(dropped).collect(),
                            merged: mapping.merged,
                        })
                    }
                });
                shared.insert(key, content.clone());
                content
            }
        };
        Node { place: self.place_in_file(node.place), levels: node.levels, content }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_by_the_lines_of_the_file() {
        let lines = Lines::of("a: 1\u{85}b: 2\u{85}c: 3\nd: 4\r\u{85}e: 5\n");
        assert_eq!(lines.text, "a: 1\nb: 2\nc: 3\nd: 4\n\ne: 5\n");
        for (line, column, expected) in
            [(1, 1, (1, 1)), (2, 1, (1, 6)), (3, 4, (1, 14)), (4, 1, (2, 1)), (6, 1, (2, 7)), (7, 1, (3, 1))]
        {
            let Position { line, column } = lines.in_file(Position { line, column });
            assert_eq!((line, column), expected);
        }
        assert!(matches!(Lines::of("a: 1\nb: 2\n").text, Cow::Borrowed(_)));
    }
}
