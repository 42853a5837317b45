//! Blanks that PyYAML does not take for blanks.
//!
//! YAML 1.2 lets a tab separate tokens, and knows two line ends. PyYAML's reader in Python, which the CDK and Airbyte's
//! checks use, refuses a tab outside quotes and blocks, and ends lines, and with them comments, at U+2028 and U+2029
//! too (`scanner.py`, `scan_to_next_token` and `scan_line_break`, PyYAML 6.0.3). A file with one of these would
//! say one thing here and another thing there.

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle};

use super::YamlError;
use crate::model::position;
use crate::nesting;

/// What PyYAML refuses, or reads otherwise, in a text that is YAML.
pub(super) fn refused(text: &str) -> Option<YamlError> {
    let is_separator = |c: char| matches!(c, '\u{2028}' | '\u{2029}');
    if !text.contains(|c: char| c == '\t' || is_separator(c)) {
        return None;
    }
    let scalars = scalars(text);
    let mut scalars = scalars.iter().peekable();
    let (mut before, mut is_comment) = ('\n', false);
    for (at, character) in text.char_indices() {
        while scalars.next_if(|(range, _)| range.end <= at).is_some() {}
        let inside = scalars.peek().filter(|(range, _)| range.contains(&at)).map(|(_, is_block)| *is_block);
        match inside {
            Some(is_block) => {
                is_comment = false;
                if is_block && is_separator(character) {
                    return Some(ends_a_line(text, at, character));
                }
            }
            None if is_separator(character) => return Some(ends_a_line(text, at, character)),
            None if character == '\n' => is_comment = false,
            None if character == '#' && before.is_whitespace() => is_comment = true,
            None if character == '\t' && !is_comment => {
                let message =
                    "expected blanks, found a tab: Python's reader of YAML refuses it here".to_owned();
                return Some(YamlError { message, position: position(text, at), is_limit: false });
            }
            None => {}
        }
        before = character;
    }
    None
}

fn ends_a_line(text: &str, at: usize, character: char) -> YamlError {
    let message = format!(
        "expected no U+{:04X} outside quotes: Python's reader of YAML ends the line there",
        u32::from(character)
    );
    YamlError { message, position: position(text, at), is_limit: false }
}

/// The texts in quotes and in blocks, in their order, each with whether it is a block.
fn scalars(text: &str) -> Vec<(Range<usize>, bool)> {
    let most_levels = nesting::levels();
    let options = granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: most_levels,
        block_nesting_limit: most_levels,
    };
    let mut scalars = Vec::new();
    for event in Parser::new_from_str_with_options(text, options) {
        // What is wrong with the text is said by the one who reads it.
        let Ok((event, span)) = event else { break };
        let Event::Scalar(_, style, ..) = event else { continue };
        let is_block = match style {
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => false,
            ScalarStyle::Literal | ScalarStyle::Folded => true,
            _ => continue,
        };
        scalars.extend(span.byte_range().map(|range| (range, is_block)));
    }
    scalars
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_and_line_ends_that_python_reads_otherwise_are_refused() {
        for (text, line) in [
            ("a: 1\nb:\t2\n", Some(2)),
            ("a: 1\t\n", Some(1)),
            ("a: 1 \t# c\n", Some(1)),
            ("\t# c\n", Some(1)),
            ("-\ta\n", Some(1)),
            ("a: b\tc\n", Some(1)),
            ("a: \"b\tc\"\n", None),
            ("a: 'b\tc'\n", None),
            ("# a\tb\n", None),
            ("a: 1 # b\tc\n", None),
            ("a: |\n  b\tc\n  d\t\ne: 1\n", None),
            ("a: >-\n  b\n   \tc\nb:\t1\n", Some(4)),
            ("a#b: c\n", None),
            ("# a\u{2028}b: 1\n", Some(1)),
            ("a: 1\n# b\u{2029}\n", Some(2)),
            ("a: b\u{2029}c\n", Some(1)),
            ("a: \"b\u{2028}c\"\n", None),
            ("a: |\n  b\u{2028}c\n", Some(2)),
        ] {
            assert_eq!(refused(text).map(|error| error.position.line), line, "{text:?}");
        }
    }
}
