//! What becomes of tables and files in destinations, for a comment.

use super::inline::{escape, words};
use super::section::Section;
use crate::report::view::{DestinationRow, View, phrase};

/// A line for streams that fare alike, then each change with the evidence, folded.
pub(super) fn sections(view: &View<'_>) -> Vec<Section> {
    let Some(table) = &view.destinations else { return Vec::new() };
    let mut lines: Vec<String> = table.rows.iter().map(row).collect();
    if table.quiet > 0 {
        lines.push(format!("- {} whose tables stay as they are\n", phrase::count(table.quiet, "stream")));
    }
    let opening = "\n**What destinations do**\n\n".to_owned();
    let in_short = Section { name: "what destinations do", rank: 4, opening, lines, closing: "" };
    let left_out = table.left_out.iter().map(|left_out| format!("- {}\n", escape(left_out)));
    let details: Vec<String> = table.rows.iter().flat_map(details).chain(left_out).collect();
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

/// Each change of streams that fare alike is a line, which is left out alone where there is no room.
fn details(row: &DestinationRow) -> impl Iterator<Item = String> {
    let names = names(row);
    row.details.iter().map(move |detail| {
        let effects = detail.effects.iter().map(|effect| format!("  - {}\n", words(effect)));
        format!("- {names}: {}\n{}", words(&detail.change), effects.collect::<String>())
    })
}
