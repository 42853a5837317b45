//! What becomes of tables and files in destinations, for a comment.

use super::inline::words;
use super::section::Section;
use crate::report::view::{DestinationRow, View, phrase};

/// A line for streams that fare alike, then each change with the evidence, folded.
pub(super) fn sections(view: &View<'_>) -> Vec<Section> {
    let Some(table) = &view.destinations else { return Vec::new() };
    let mut lines: Vec<String> = table.rows.iter().map(row).collect();
    if table.quiet > 0 {
        lines.push(format!("- {} without any change\n", phrase::count(table.quiet, "stream")));
    }
    let opening = "\n**What destinations do**\n\n".to_owned();
    let in_short = Section { name: "what destinations do", rank: 4, opening, lines, closing: "" };
    let details: Vec<String> = table.rows.iter().map(details).collect();
    let summary = "What destinations do, change by change";
    let whole = Section::folded("the evidence of destinations", 6, summary, details);
    [Some(in_short), (!table.rows.is_empty()).then_some(whole)].into_iter().flatten().collect()
}

fn names(row: &DestinationRow) -> String {
    words(&phrase::names(row.streams.iter().map(String::as_str), phrase::MOST_NAMES))
}

fn row(row: &DestinationRow) -> String {
    format!("- {}: {}\n", names(row), words(&row.summary))
}

fn details(row: &DestinationRow) -> String {
    let mut text = format!("- {}\n", names(row));
    for detail in &row.details {
        text.push_str(&format!("  - {}\n", words(&detail.change)));
        for effect in &detail.effects {
            text.push_str(&format!("    - {}\n", words(effect)));
        }
    }
    text
}
