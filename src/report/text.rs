//! The terminal report: the answer first, then findings as a compiler would print them.
//!
//! The text carries ANSI styles; the output stream drops them where colour is not wanted.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::group::{Block, groups};
use super::{phrase, state};
use crate::model::{
    Artifact, ConnectorReport, CoverageStatus, Finding, Level, Outcome, Severity, StateMeeting, StateOutcome,
    short,
};
use crate::rules;

/// How much to print.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Detail {
    /// Only the answer.
    pub quiet: bool,
    /// Safe and cosmetic findings too.
    pub all: bool,
    /// What could be seen and why not more.
    pub verbose: bool,
    /// Whether the question is if the sides are equivalent.
    pub equivalent: bool,
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

/// Renders one connector's report.
pub fn text(report: &ConnectorReport, detail: Detail) -> String {
    let mut out = String::new();
    let style = match (detail.equivalent, report.verdict.equivalent, report.verdict.outcome) {
        (true, Some(true), _) | (false, _, Outcome::Compatible) => GREEN,
        (true, Some(false), _) | (false, _, Outcome::Breaking) => RED,
        (true, None, _) | (false, _, Outcome::Review | Outcome::Inconclusive) => YELLOW,
    };
    let (word, rest) = {
        let answer = if detail.equivalent { phrase::equivalence(report) } else { phrase::answer(report) };
        let (word, rest) = answer.split_once(':').unwrap_or((answer.as_str(), ""));
        (word.to_owned(), rest.to_owned())
    };
    let _ = writeln!(out, "{}: {}:{rest}", painted(BOLD, &phrase::title(report)), painted(style, &word));
    let most = if detail.verbose { usize::MAX } else { MOST_ERRORS };
    for error in report.errors.iter().take(most) {
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
    if let Some(left) = report.errors.len().checked_sub(most).filter(|left| *left > 0) {
        let _ = writeln!(out, "{} {left} more like these (-v shows all)", painted(RED, "error:"));
    }
    if detail.quiet {
        return out;
    }
    if report.verdict.outcome == Outcome::Breaking {
        let _ = writeln!(out, "affects {}", phrase::reach(&report.verdict.scope));
        if report.summary.review > 0 {
            let _ = writeln!(out, "{} to review besides", phrase::count(report.summary.review, "finding"));
        }
    }
    if let Some(platform) = phrase::platform(report) {
        let _ = writeln!(out, "{platform}");
    }
    let levels: &[Level] = match (detail.all, detail.equivalent) {
        (true, _) => &[Level::Breaking, Level::Review, Level::Safe, Level::Cosmetic],
        (false, true) => &[Level::Breaking, Level::Review, Level::Safe],
        (false, false) => &[Level::Breaking, Level::Review],
    };
    for group in groups(&report.findings, levels) {
        let _ = writeln!(out, "\n{}", painted(BOLD, &group.heading));
        for block in &group.blocks {
            write_block(&mut out, report, block);
        }
    }
    let shown = |delta: &&crate::model::Unjudged| detail.all || delta.artifact != Artifact::Metadata;
    for delta in report.unjudged.iter().filter(shown) {
        let place =
            delta.stream.as_ref().map_or_else(|| delta.artifact.to_string(), |s| format!("stream {s}"));
        let _ = writeln!(
            out,
            "\n{} {place} {}: no rule judges this yet: {}",
            painted(YELLOW, "unjudged:"),
            delta.field.join("."),
            delta.change
        );
    }
    write_states(&mut out, report, detail.verbose && !report.states.is_empty());
    // What a release declares is no part of the question whether two versions are one.
    if !detail.equivalent {
        write_problems(&mut out, report);
    }
    write_rest(&mut out, report, detail);
    out
}

fn write_block(out: &mut String, report: &ConnectorReport, block: &Block<'_>) {
    let finding = block.first();
    let rule = rules::find(&finding.rule);
    let title = rule.map_or("", |rule| rule.title);
    let label = painted(level_style(finding.level), &format!("{}[{}]", finding.level.name(), finding.rule));
    let fields = block.fields();
    let subject = match fields.as_slice() {
        [] => String::new(),
        [one] => format!(" `{one}`"),
        more if block.shared => format!(" {}", phrase::count(block.findings.len().max(more.len()), "place")),
        more => format!(" {}", phrase::count(more.len(), "field")),
    };
    let subject = match block.findings.len() {
        several @ 2.. if fields.is_empty() => format!(" {}", phrase::count(several, "stream")),
        _ => subject,
    };
    let branch = finding.branch.as_ref().map(|branch| format!(" (in option {branch})")).unwrap_or_default();
    let _ = writeln!(out, "  {label}{subject}{branch}: {}", painted(BOLD, &lower_first(title)));
    if let Some(place) = place(finding) {
        let _ = writeln!(out, "    {} {place}", painted(BLUE, "-->"));
    }
    if block.findings.len() > 1 {
        write_wrapped(out, &block.places().join(", "));
        if block.same_values() {
            write_values(out, finding);
        }
        if let Some(rule) = rule {
            let level = if finding.policy.is_some() { rule.level } else { finding.level };
            let effect = rule.unless_sure(level, rule.effect.in_general()).to_string();
            if let Some(set_by) = &finding.policy {
                note(out, "policy", &format!("the level is set at {set_by}"));
            }
            write_evidence(out, finding);
            note(out, "effect", &effect);
            note(out, "action", &phrase::action(report, finding, rule.action_in_general()).to_string());
        }
        return;
    }
    write_values(out, finding);
    for related in &finding.related {
        let (label, what) = phrase::related(related);
        note(out, label, &what);
    }
    if let Some(set_by) = &finding.policy {
        note(out, "policy", &format!("the level is set at {set_by}"));
    }
    write_evidence(out, finding);
    note(out, "effect", &finding.effect.to_string());
    // What reaches several streams, or some of their syncs, says which.
    if finding.scope.only.is_some() || finding.stream.is_none() && !finding.scope.streams.is_empty() {
        note(out, "affects", &phrase::reach(&finding.scope));
    }
    if matches!(finding.level, Level::Breaking | Level::Review) {
        note(out, "action", &phrase::action(report, finding, finding.action.clone()).to_string());
    }
}

fn note(out: &mut String, name: &str, text: &str) {
    let _ = writeln!(out, "    {} {}: {text}", painted(BLUE, "="), painted(DIM, name));
}

/// What shows the level, or what would decide it.
fn write_evidence(out: &mut String, finding: &Finding) {
    if let Some((label, text)) = phrase::evidence(finding) {
        note(out, label, &text.to_string());
    }
}

fn write_wrapped(out: &mut String, list: &str) {
    const WIDTH: usize = 96;
    let mut line = String::new();
    for word in list.split_inclusive(", ") {
        if !line.is_empty() && line.chars().count() + word.chars().count() > WIDTH {
            let _ = writeln!(out, "      {}", line.trim_end());
            line.clear();
        }
        line.push_str(word);
    }
    let _ = writeln!(out, "      {}", line.trim_end());
}

/// Values longer than this are shown line by line.
const LONGEST_LINE: usize = 72;

/// Old and new value: on one line where they are short, as a line diff where they are objects.
fn write_values(out: &mut String, finding: &Finding) {
    match (&finding.old, &finding.new) {
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
                note(out, "was", &short(old));
            }
            if let Some(new) = new {
                note(out, "now", &short(new));
            }
        }
    }
}

/// The place a reader opens: the new one, or the old one for what is gone.
fn place(finding: &Finding) -> Option<String> {
    let origin = finding.origin.new.as_ref().or(finding.origin.old.as_ref())?;
    let file = format!("{}{}", origin.root, origin.file);
    Some(match (origin.line, origin.column) {
        (Some(line), Some(column)) => format!("{file}:{line}:{column}"),
        _ => file,
    })
}

/// The table of saved state, a row for streams that fare alike, with the reasons below it.
fn write_states(out: &mut String, report: &ConnectorReport, all: bool) {
    let Some(table) = state::table(report, all) else { return };
    /// A long list of streams is cut to this width.
    const WIDEST: usize = 40;
    const OUTCOME: usize = 24;
    let width = if all { usize::MAX } else { WIDEST };
    let streams = |row: &state::StateRow<'_>| phrase::names_within(&row.streams, width);
    let lengths = table.rows.iter().map(|row| streams(row).chars().count().min(WIDEST));
    let widest = lengths.chain(["saved state".len()]).max().unwrap_or(0);
    let heading = format!("{:widest$}    {:OUTCOME$}  rollback", "saved state", "new version");
    let _ = writeln!(out, "\n{}", painted(BOLD, &heading));
    for row in &table.rows {
        let outcome = |way: &StateMeeting| {
            let style = match way.outcome {
                StateOutcome::Fails | StateOutcome::LosesData => RED,
                StateOutcome::ReadsAgain | StateOutcome::Unknown => YELLOW,
                _ => DIM,
            };
            (style, way.outcome.name())
        };
        let ((style, forward), (back_style, back)) = (outcome(&row.state.forward), outcome(&row.state.back));
        let forward = painted(style, &format!("{forward:OUTCOME$}"));
        let _ = writeln!(out, "  {:widest$}  {forward}  {}", streams(row), painted(back_style, back));
        for why in row.why() {
            let _ = writeln!(out, "    {} {why}", painted(BLUE, "="));
        }
    }
    if table.quiet > 0 {
        let more = format!("{} more: nothing is lost either way", phrase::count(table.quiet, "stream"));
        let _ = writeln!(out, "  {}", painted(DIM, &more));
    }
}

fn write_problems(out: &mut String, report: &ConnectorReport) {
    if report.problems.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", painted(BOLD, "release"));
    for problem in &report.problems {
        let (word, style) = match problem.level {
            Severity::Error => ("error", RED),
            Severity::Warning => ("warning", YELLOW),
        };
        let label = painted(style, &format!("{word}[{}]", problem.rule));
        let _ = writeln!(out, "  {label}: {}", problem.message);
        if let Some(set_by) = &problem.policy {
            note(out, "policy", &format!("the level is set at {set_by}"));
        }
    }
}

fn write_rest(out: &mut String, report: &ConnectorReport, detail: Detail) {
    let quiet_release = report.findings.iter().all(|f| matches!(f.level, Level::Safe | Level::Cosmetic))
        && report.problems.is_empty()
        && report.unjudged.iter().all(|delta| delta.artifact == Artifact::Metadata)
        && !detail.all;
    let mut tail = Vec::new();
    let listed: &[Level] = if detail.equivalent { &[Level::Safe] } else { &[] };
    let quiet = phrase::quiet_counts(report, listed);
    if !detail.all && !quiet.is_empty() {
        tail.push(format!("{quiet} (--all lists them)"));
    }
    tail.extend(phrase::ignored(report));
    tail.extend(phrase::strangers(report));
    let blind = phrase::blind_spots(report);
    if !blind.is_empty() && !detail.verbose {
        tail.push(format!("{} (-v says why)", blind.join(", ")));
    }
    if !tail.is_empty() {
        let line = painted(DIM, &tail.join("; "));
        // Only where nothing stands between the answer and this.
        if quiet_release && report.errors.is_empty() && out.trim_end_matches('\n').lines().count() == 1 {
            // A release that breaks nothing reads as one line.
            out.truncate(out.trim_end_matches('\n').len());
            let _ = writeln!(out, " {}", painted(DIM, &format!("[{}]", tail.join("; "))));
        } else {
            let _ = writeln!(out, "\n{line}");
        }
    }
    if detail.verbose {
        let _ = writeln!(out, "\n{}", painted(BOLD, "coverage"));
        for coverage in &report.coverage {
            let status = |status: CoverageStatus| match status {
                CoverageStatus::Complete => "complete",
                CoverageStatus::Partial => "partial",
                CoverageStatus::Absent => "absent",
            };
            let reason =
                if coverage.reason.is_empty() { String::new() } else { format!(": {}", coverage.reason) };
            let _ = writeln!(
                out,
                "  {}: old {}, new {}{reason}",
                coverage.artifact,
                status(coverage.old),
                status(coverage.new)
            );
        }
    }
    let first =
        report.findings.iter().find(|finding| matches!(finding.level, Level::Breaking | Level::Review));
    if let Some(finding) = first {
        let _ = writeln!(out, "{}", painted(DIM, &format!("next: connector-diff explain {}", finding.rule)));
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
