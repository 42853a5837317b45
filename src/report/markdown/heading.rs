//! What stands above the connectors: the mark by which a comment is found again, the answer for all together, a table.

use super::super::text::LONGEST_NAME;
use super::inline::{Within, escape, words, words_in};
use super::section::{Section, fit};
use super::{Mark, Run, View};
use crate::model::{Words, visible_within};

/// The first line of a report on a branch: whoever posts it replaces the comment that has it.
pub(super) const MARKER: &str = "<!-- connector-diff -->\n";

/// The sign of an answer.
pub(super) fn sign(mark: Mark) -> &'static str {
    match mark {
        Mark::Fine => "✅",
        Mark::Declared => "🔶",
        Mark::ToReview => "⚠️",
        Mark::Undeclared => "❌",
        Mark::Unread => "🚫",
    }
}

/// The part above the connectors; nothing where one connector is all there is.
pub(super) fn of(run: &Run<'_>, limit: usize) -> String {
    let Some(heading) = &run.heading else { return String::new() };
    let marker = if run.is_of_branch { MARKER } else { "" };
    let (title, rest) = (words(&heading.title), words(&heading.rest));
    let answer = format!("{marker}### {} {title}: {}: {rest}\n", sign(heading.mark), heading.word);
    let mut sections = vec![Section::must("the answer", answer)];
    if let Some(gate) = &heading.gate {
        sections.push(Section::must("the gate", format!("\n**Gate**: {}.\n", escape(gate))));
    }
    sections.extend(notes(&run.notes));
    sections.extend(table(run));
    fit(sections, limit)
}

/// What has to be known beside the answers, a line each.
pub(super) fn notes(notes: &[Words]) -> Option<Section> {
    let lines: Vec<String> = notes.iter().map(|note| format!("\n> {}\n", words(note))).collect();
    (!lines.is_empty()).then(|| Section {
        name: "notes",
        rank: 0,
        opening: String::new(),
        lines,
        closing: "",
    })
}

fn table(run: &Run<'_>) -> Option<Section> {
    let row = |view: &View<'_>| {
        let title = words_in(&view.title, Within::Table);
        let answer = Words::marked(view.answer.word).and_text(": ").and(&view.answer.rest);
        let answer = words_in(&answer, Within::Table);
        let counts = view.rest.counts.as_deref().map(escape).unwrap_or_default();
        format!("| {} | {title} | {answer} | {counts} |\n", sign(view.answer.mark))
    };
    let lines: Vec<String> = run.views.iter().filter(|view| !Run::is_quiet(view)).map(row).collect();
    (!lines.is_empty()).then(|| Section {
        name: "the connectors",
        rank: 1,
        opening: "\n| | Connector | Answer | Changes |\n|-|-|-|-|\n".to_owned(),
        lines,
        closing: "",
    })
}

/// What a connector is called where no Markdown is read: in a summary, which is HTML.
pub(super) fn summary(view: &View<'_>) -> String {
    let name = visible_within(view.name, LONGEST_NAME);
    let mut shown = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '@' | '#' | '`' | '*' | '_' | '[' | ']' | '\\' | '$' | '~' | ':' | '/' => {
                shown.push_str(&format!("&#{};", u32::from(character)));
            }
            other => shown.push(other),
        }
    }
    format!("{} <code>{shown}</code>: {}", sign(view.answer.mark), view.answer.word)
}
