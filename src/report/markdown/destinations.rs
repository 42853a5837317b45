//! What becomes of tables and files in destinations, for a comment.

use super::inline::words;
use super::section::Section;
use crate::report::view::{DestinationRow, View, phrase};

/// A line for streams that fare alike, with each change and the evidence below it.
pub(super) fn section(view: &View<'_>) -> Option<Section> {
    let table = view.destinations.as_ref()?;
    let mut lines: Vec<String> = table.rows.iter().map(row).collect();
    if table.quiet > 0 {
        lines.push(format!("- {} without any change\n", phrase::count(table.quiet, "stream")));
    }
    Some(Section::folded("the destinations", 5, "What destinations do", lines))
}

fn row(row: &DestinationRow) -> String {
    let names = phrase::names(row.streams.iter().map(String::as_str), phrase::MOST_NAMES);
    let mut text = format!("- {}: {}\n", words(&names), words(&row.summary));
    for detail in &row.details {
        text.push_str(&format!("  - {}\n", words(&detail.change)));
        for effect in &detail.effects {
            text.push_str(&format!("    - {}\n", words(effect)));
        }
    }
    text
}
