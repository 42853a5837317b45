//! The terminal report: the answer first, then findings as a compiler would print them.
//!
//! The text carries ANSI styles; the output stream drops them where colour is not wanted.

use std::fmt::{Display, Write as _};

use anstyle::{AnsiColor, Style};
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::view::{Change, Entry, Mark, Place, Render, StateRow, Subject, View, phrase};
use crate::model::{CoverageStatus, Level, Origin, ReportError, Severity, StateOutcome, Unjudged, short};

/// The terminal report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Text {
    /// Only the answer.
    pub quiet: bool,
}

impl Render for Text {
    fn render(&self, views: &[View<'_>]) -> String {
        views.iter().map(|view| self.one(view)).collect()
    }
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const GREEN: Style = AnsiColor::Green.on_default().bold();
const BLUE: Style = AnsiColor::Blue.on_default().bold();

/// A file that is broken in every line has an error for each.
const MOST_ERRORS: usize = 20;

fn painted(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

fn level_style(level: Level) -> Style {
    match level {
        Level::Breaking => RED,
        Level::Review => YELLOW,
        Level::Safe => GREEN,
        Level::Cosmetic => DIM,
    }
}

impl Text {
    fn one(self, view: &View<'_>) -> String {
        let mut out = String::new();
        let style = match view.answer.mark {
            Mark::Fine => GREEN,
            Mark::Bad => RED,
            Mark::Open => YELLOW,
        };
        let word = painted(style, view.answer.word);
        let _ = writeln!(out, "{}: {word}: {}", painted(BOLD, &view.title), view.answer.rest);
        write_errors(&mut out, view.errors, view.asked.verbose);
        if self.quiet {
            return out;
        }
        if let Some(affects) = &view.affects {
            let _ = writeln!(out, "affects {affects}");
        }
        if view.to_review > 0 {
            let _ = writeln!(out, "{} to review besides", phrase::count(view.to_review, "finding"));
        }
        if let Some(platform) = view.platform {
            let _ = writeln!(out, "{platform}");
        }
        for section in &view.sections {
            let _ = writeln!(out, "\n{}", painted(BOLD, &section.heading));
            for entry in &section.entries {
                write_entry(&mut out, entry);
            }
        }
        for delta in &view.unjudged {
            write_unjudged(&mut out, delta);
        }
        write_states(&mut out, view);
        // What a release declares is no part of the question whether two versions are one.
        if !view.asked.equivalent {
            write_problems(&mut out, view);
        }
        write_rest(&mut out, view);
        out
    }
}

fn write_errors(out: &mut String, errors: &[ReportError], all: bool) {
    let most = if all { usize::MAX } else { MOST_ERRORS };
    for error in errors.iter().take(most) {
        let line = error.line.map(|line| format!(":{line}")).unwrap_or_default();
        let _ = writeln!(
            out,
            "{} {} side, {}{line}: {}",
            painted(RED, "error:"),
            error.side,
            error.file,
            error.message
        );
    }
    if let Some(left) = errors.len().checked_sub(most).filter(|left| *left > 0) {
        let _ = writeln!(out, "{} {left} more like these (-v shows all)", painted(RED, "error:"));
    }
}

fn write_unjudged(out: &mut String, delta: &Unjudged) {
    let place = delta.stream.as_ref().map_or_else(|| delta.artifact.to_string(), |s| format!("stream {s}"));
    let _ = writeln!(
        out,
        "\n{} {place} {}: no rule judges this yet: {}",
        painted(YELLOW, "unjudged:"),
        delta.field.join("."),
        delta.change
    );
}

fn write_entry(out: &mut String, entry: &Entry<'_>) {
    let label = painted(level_style(entry.level), &format!("{}[{}]", entry.level.name(), entry.rule));
    let subject = match &entry.subject {
        Subject::Whole => String::new(),
        Subject::Fields { names, .. } if names.len() == 1 => format!(" `{}`", names[0]),
        Subject::Fields { places: Some(places), .. } => format!(" {}", phrase::count(*places, "place")),
        Subject::Fields { names, places: None } => format!(" {}", phrase::count(names.len(), "field")),
        Subject::Streams(count) => format!(" {}", phrase::count(*count, "stream")),
        Subject::Changes(count) => format!(" {}", phrase::count(*count, "change")),
        Subject::Items(items) => format!(" {}", phrase::count(items.len(), items[0].noun)),
    };
    let branch = entry.branch.map(|branch| format!(" (in option {branch})")).unwrap_or_default();
    let _ = writeln!(out, "  {label}{subject}{branch}: {}", painted(BOLD, &lower_first(entry.title)));
    if let Some(origin) = entry.origin {
        let _ = writeln!(out, "    {} {}", painted(BLUE, "-->"), place(origin));
    }
    if entry.is_folded() {
        write_wrapped(out, &entry.places);
    }
    if let Some(values) = entry.values {
        write_values(out, values);
    }
    for hint in &entry.hints {
        note(out, hint.question(), hint.words());
    }
    if let Some(set_by) = entry.policy {
        note(out, "policy", format_args!("the level is set at {set_by}"));
    }
    if let Some((label, words)) = &entry.evidence {
        note(out, label, words);
    }
    note(out, "effect", &entry.effect);
    if let Some(affects) = &entry.affects {
        note(out, "affects", affects);
    }
    if let Some(action) = &entry.action {
        note(out, "action", action);
    }
}

fn note(out: &mut String, name: &str, text: impl Display) {
    let _ = writeln!(out, "    {} {}: {text}", painted(BLUE, "="), painted(DIM, name));
}

fn write_wrapped(out: &mut String, places: &[Place]) {
    const WIDTH: usize = 96;
    let mut line = String::new();
    for (index, place) in places.iter().enumerate() {
        let mut word = place.name.clone();
        if let Some((old, new)) = &place.change {
            word.push_str(&format!(" ({old} → {new})"));
        }
        word.push_str(if index + 1 < places.len() { ", " } else { "" });
        if !line.is_empty() && line.chars().count() + word.chars().count() > WIDTH {
            let _ = writeln!(out, "      {}", line.trim_end());
            line.clear();
        }
        line.push_str(&word);
    }
    let _ = writeln!(out, "      {}", line.trim_end());
}

/// Values longer than this are shown line by line.
const LONGEST_LINE: usize = 72;

/// Old and new value: on one line where they are short, as a line diff where they are objects.
fn write_values(out: &mut String, values: Change<'_>) {
    match (values.old, values.new) {
        (Some(old @ Value::Object(_)), Some(new @ Value::Object(_)))
            if old.to_string().len().max(new.to_string().len()) > LONGEST_LINE =>
        {
            let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default();
            let (before, after) = (pretty(old), pretty(new));
            let diff = TextDiff::from_lines(&before, &after);
            for change in diff.iter_all_changes() {
                let (sign, style) = match change.tag() {
                    ChangeTag::Delete => ('-', AnsiColor::Red.on_default()),
                    ChangeTag::Insert => ('+', AnsiColor::Green.on_default()),
                    ChangeTag::Equal => (' ', DIM),
                };
                let line = format!("{sign} {}", change.value().trim_end_matches('\n'));
                let _ = writeln!(out, "    {} {}", painted(BLUE, "|"), painted(style, &line));
            }
        }
        (None, None) => {}
        (old, new) => {
            if let Some(old) = old {
                note(out, "was", short(old));
            }
            if let Some(new) = new {
                note(out, "now", short(new));
            }
        }
    }
}

/// The file with its line and column, as it can be opened from here.
fn place(origin: &Origin) -> String {
    let file = format!("{}{}", origin.root, origin.file);
    match (origin.line, origin.column) {
        (Some(line), Some(column)) => format!("{file}:{line}:{column}"),
        (Some(line), None) => format!("{file}:{line}"),
        _ => file,
    }
}

/// The table of saved state, a row for streams that fare alike, with the reasons below it.
fn write_states(out: &mut String, view: &View<'_>) {
    let Some(table) = &view.states else { return };
    /// A long list of streams is cut to this width.
    const WIDEST: usize = 40;
    const OUTCOME: usize = 24;
    let width = if view.asked.verbose { usize::MAX } else { WIDEST };
    let streams = |row: &StateRow| phrase::names_within(&row.streams, width);
    let lengths = table.rows.iter().map(|row| streams(row).chars().count().min(WIDEST));
    let widest = lengths.chain(["saved state".len()]).max().unwrap_or(0);
    let heading = format!("{:widest$}    {:OUTCOME$}  rollback", "saved state", "new version");
    let _ = writeln!(out, "\n{}", painted(BOLD, &heading));
    for row in &table.rows {
        let style = |outcome: StateOutcome| match outcome {
            StateOutcome::Fails | StateOutcome::LosesData => RED,
            StateOutcome::ReadsAgain | StateOutcome::Unknown => YELLOW,
            _ => DIM,
        };
        let forward = painted(style(row.forward), &format!("{:OUTCOME$}", row.forward.name()));
        let back = painted(style(row.back), row.back.name());
        let _ = writeln!(out, "  {:widest$}  {forward}  {back}", streams(row));
        for why in &row.why {
            let _ = writeln!(out, "    {} {why}", painted(BLUE, "="));
        }
    }
    if table.quiet > 0 {
        let more = format!("{} more: nothing is lost either way", phrase::count(table.quiet, "stream"));
        let _ = writeln!(out, "  {}", painted(DIM, &more));
    }
}

fn write_problems(out: &mut String, view: &View<'_>) {
    if view.problems.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", painted(BOLD, "release"));
    for problem in view.problems {
        let style = match problem.level {
            Severity::Error => RED,
            Severity::Warning => YELLOW,
        };
        let label = painted(style, &format!("{}[{}]", problem.level.name(), problem.rule));
        let _ = writeln!(out, "  {label}: {}", problem.message);
        if let Some(set_by) = &problem.policy {
            note(out, "policy", format_args!("the level is set at {set_by}"));
        }
    }
}

fn write_rest(out: &mut String, view: &View<'_>) {
    let rest = &view.rest;
    if let Some(left_out) = &rest.left_out {
        let _ = writeln!(out, "\n{}", painted(YELLOW, left_out));
    }
    let mut tail = Vec::new();
    tail.extend(rest.quiet.as_ref().map(|quiet| format!("{quiet} (--all lists them)")));
    tail.extend(rest.ignored.clone());
    tail.extend(rest.strangers.clone());
    if !rest.blind_spots.is_empty() && !view.asked.verbose {
        tail.push(format!("{} (-v says why)", rest.blind_spots.join(", ")));
    }
    if !tail.is_empty() {
        let line = painted(DIM, &tail.join("; "));
        // Only where nothing stands between the answer and this.
        let is_alone = out.trim_end_matches('\n').lines().count() == 1;
        if rest.is_uneventful && view.errors.is_empty() && is_alone {
            // A release that breaks nothing reads as one line.
            out.truncate(out.trim_end_matches('\n').len());
            let _ = writeln!(out, " {}", painted(DIM, &format!("[{}]", tail.join("; "))));
        } else {
            let _ = writeln!(out, "\n{line}");
        }
    }
    if view.asked.verbose {
        write_coverage(out, view);
    }
    if let Some(rule) = view.next {
        let _ = writeln!(out, "{}", painted(DIM, &format!("next: connector-diff explain {rule}")));
    }
}

fn write_coverage(out: &mut String, view: &View<'_>) {
    let _ = writeln!(out, "\n{}", painted(BOLD, "coverage"));
    for coverage in view.coverage {
        let status = |status: CoverageStatus| match status {
            CoverageStatus::Complete => "complete",
            CoverageStatus::Partial => "partial",
            CoverageStatus::Absent => "absent",
        };
        let reason = match coverage.reason.as_str() {
            "" => String::new(),
            reason => format!(": {reason}"),
        };
        let (old, new) = (status(coverage.old), status(coverage.new));
        let _ = writeln!(out, "  {}: old {old}, new {new}{reason}", coverage.artifact);
    }
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    let second_is_lower = text.chars().nth(1).is_none_or(|c| !c.is_uppercase());
    match characters.next() {
        Some(first) if second_is_lower => first.to_lowercase().chain(characters).collect(),
        _ => text.to_owned(),
    }
}
