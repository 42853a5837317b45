//! The terminal report: the answer first, then what each rule found, then whether the report passes.
//!
//! The text carries ANSI styles; the output stream drops them where colour is not wanted. Nothing else in it can act on a
//! terminal or a log: all text goes through [`Page`], which shows control characters as what they are.

use std::collections::HashSet;
use std::fmt::Display;

use anstyle::{AnsiColor, Style};
use serde_json::Value;
use similar::ChangeTag;
use unicode_width::UnicodeWidthStr as _;

use super::markdown;
use super::view::{
    Change, DestinationTable, Edit, Group, Heading, Mark, Paperwork, Render, Run, StateTable, View,
    is_of_message, lower_first, phrase,
};
use crate::lines;
use crate::model::{
    Artifact, CoverageStatus, INCREMENTAL_SYNCS, Inline, Level, Origin, ReportError, Severity, StateOutcome,
    Unjudged, Words, clipped, harmless_start, visible, visible_within,
};
use crate::release::Because;

/// The terminal report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Text {
    /// Only the answer.
    pub quiet: bool,
}

impl Render for Text {
    fn render(&self, run: &Run<'_>) -> String {
        let Some(heading) = &run.heading else {
            return run.views.iter().map(|view| self.one(view, &run.notes)).collect();
        };
        let mut page = Page(String::new());
        write_heading(&mut page, heading);
        write_notes(&mut page, &run.notes);
        let (quiet, loud): (Vec<&View<'_>>, Vec<&View<'_>>) =
            run.views.iter().partition(|view| Run::is_quiet(view));
        write_table(&mut page, &loud, &quiet);
        if !self.quiet {
            for view in loud {
                page.end();
                page.0.push_str(&self.one(view, &[]));
            }
        }
        if let Some(gate) = &heading.gate {
            page.end();
            page.line(passing_style(Some(heading.passes)), format_args!("all together: {gate}"));
        }
        page.0
    }
}

const PLAIN: Style = Style::new();
const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const GREEN: Style = AnsiColor::Green.on_default().bold();
const BLUE: Style = AnsiColor::Blue.on_default().bold();

/// A file that is broken in every line has an error for each.
const MOST_ERRORS: usize = 20;

/// A rule that found more edits is cut, unless all are asked for.
const MOST_EDITS: usize = 12;

/// A name that is longer is shown by its two ends.
pub(super) const LONGEST_NAME: usize = 80;

/// So much of what others say is shown.
pub(super) const LONGEST_FOREIGN: usize = 400;

fn level_style(level: Level) -> Style {
    match level {
        Level::Breaking => RED,
        Level::Review => YELLOW,
        Level::Safe => GREEN,
        Level::Cosmetic => DIM,
    }
}

/// The text as it grows. What is added is shown as it is read; only a page starts lines and styles.
struct Page(String);

impl Page {
    fn add(&mut self, style: Style, text: impl Display) -> &mut Self {
        let text = text.to_string();
        let line = self.0.rsplit('\n').next().unwrap_or_default();
        let shown = visible(&text);
        let shown = if line.trim_start().is_empty() { harmless_start(&shown) } else { shown };
        if style == PLAIN {
            self.0.push_str(&shown);
        } else {
            self.0.push_str(&format!("{style}{shown}{style:#}"));
        }
        self
    }

    fn words(&mut self, words: &Words) -> &mut Self {
        self.add(PLAIN, plain(words))
    }

    fn end(&mut self) {
        self.0.push('\n');
    }

    fn line(&mut self, style: Style, text: impl Display) {
        self.add(style, text).end();
    }

    fn note(&mut self, indent: &str, name: &str, words: &Words) {
        self.add(PLAIN, indent).add(DIM, format_args!("{name}:")).add(PLAIN, " ").words(words).end();
    }

    /// Lines of a file that is to be written, each on a line of its own.
    fn block(&mut self, text: &str) {
        for line in text.lines() {
            let indent = if line.is_empty() { "" } else { "    " };
            self.add(PLAIN, indent).add(PLAIN, line).end();
        }
    }
}

/// Words as a line of plain text: code between backticks, names where they are not plain.
pub(super) fn plain(words: &Words) -> String {
    let is_plain = |name: &str| {
        !name.is_empty()
            && name.chars().all(|c| c.is_alphanumeric() || "_.-/%:#+@*$&=~".contains(c))
            && !name.ends_with([':', '.'])
    };
    let mut line = String::new();
    for inline in words.inlines() {
        match inline {
            Inline::Text(text) => line.push_str(text),
            // A name is made visible by itself: its first sign must not sit on ours.
            Inline::Name(name) if is_plain(name) => line.push_str(&visible_within(name, LONGEST_NAME)),
            Inline::Name(name) | Inline::Code(name) => {
                line.push_str(&format!("`{}`", visible_within(name, LONGEST_NAME)));
            }
            Inline::Value(value) => line.push_str(&format!("`{}`", visible(value))),
            Inline::Foreign(text) => line.push_str(&on_one_line(text)),
        }
    }
    line
}

/// What others say, cut, with one blank where they have many: nothing is pushed out of sight.
pub(super) fn on_one_line(text: &str) -> String {
    let shown = visible_within(text, LONGEST_FOREIGN);
    let mut line = String::with_capacity(shown.len());
    for character in shown.chars() {
        if character != ' ' || !line.ends_with(' ') {
            line.push(character);
        }
    }
    line
}

impl Text {
    fn one(self, view: &View<'_>, notes: &[Words]) -> String {
        let mut page = Page(String::new());
        page.add(BOLD, plain(&view.title))
            .add(PLAIN, ": ")
            .add(mark_style(view.answer.mark), view.answer.word);
        page.add(PLAIN, ": ").words(&view.answer.rest);
        let below = self.below(view, notes);
        // A release that breaks nothing reads as one line.
        let is_one_line = !self.quiet && below.0.is_empty() && view.rest.is_uneventful && !view.asked.verbose;
        let mark = match is_one_line {
            true => tail(view, true),
            false => view.rest.gate.as_ref().map_or_else(String::new, |gate| gate.word.to_owned()),
        };
        if !mark.is_empty() {
            let style = if is_one_line { DIM } else { passing(view) };
            page.add(PLAIN, " ").add(style, format_args!("[{mark}]"));
        }
        page.end();
        page.0.push_str(&below.0);
        if !self.quiet && !is_one_line {
            write_rest(&mut page, view);
        }
        page.0
    }

    /// What stands between the answer and the last lines.
    fn below(self, view: &View<'_>, notes: &[Words]) -> Page {
        let mut page = Page(String::new());
        write_notes(&mut page, notes);
        write_errors(&mut page, view.errors, view.asked.verbose);
        if self.quiet {
            return page;
        }
        write_reach(&mut page, view);
        let most_edits = if view.asked.all { usize::MAX } else { MOST_EDITS };
        for group in view.groups.iter().chain(&view.waived) {
            write_group(&mut page, view, group, most_edits);
        }
        for delta in &view.unjudged {
            write_unjudged(&mut page, delta);
        }
        if let Some(table) = &view.states {
            let is_whole = view.asked.verbose || view.asked.all;
            write_states(&mut page, table, if is_whole { usize::MAX } else { phrase::MOST_NAMES });
        }
        if let Some(table) = &view.destinations {
            write_destinations(&mut page, table, view.asked.verbose);
        }
        write_problems(&mut page, view);
        match &view.paperwork {
            Some(paperwork) if !view.asked.brief => write_paperwork(&mut page, paperwork),
            _ => {}
        }
        if let Some(paperwork) = view.message.as_ref().filter(|_| !view.asked.brief) {
            page.end();
            page.line(BOLD, "a message that says what users need:");
            page.block(&markdown::message(paperwork));
        }
        if let Some(left_out) = &view.rest.left_out {
            page.end();
            page.line(YELLOW, left_out);
        }
        page
    }
}

fn mark_style(mark: Mark) -> Style {
    match mark {
        Mark::Fine => GREEN,
        Mark::Undeclared | Mark::Unread => RED,
        Mark::ToReview | Mark::Declared => YELLOW,
    }
}

/// The style of what says whether something passes, which nobody may have asked.
fn passing_style(passes: Option<Option<bool>>) -> Style {
    match passes {
        Some(Some(true)) => GREEN,
        Some(Some(false) | None) => RED,
        None => DIM,
    }
}

fn write_heading(page: &mut Page, heading: &Heading) {
    page.add(BOLD, plain(&heading.title)).add(PLAIN, ": ").add(mark_style(heading.mark), heading.word);
    page.add(PLAIN, ": ").words(&heading.rest).end();
}

fn write_notes(page: &mut Page, notes: &[Words]) {
    for note in notes {
        page.add(DIM, "note:").add(PLAIN, " ").words(note).end();
    }
}

/// A line for each connector, the quiet ones on one.
fn write_table(page: &mut Page, loud: &[&View<'_>], quiet: &[&View<'_>]) {
    if loud.is_empty() && quiet.is_empty() {
        return;
    }
    page.end();
    let width = loud.iter().map(|view| view.answer.word.len()).max().unwrap_or_default().max("ok".len());
    for view in loud {
        let word = format!("{:<width$}", view.answer.word);
        page.add(PLAIN, "  ").add(mark_style(view.answer.mark), word).add(PLAIN, "  ").words(&view.title);
        if let Some(counts) = &view.rest.counts {
            page.add(DIM, format_args!("  {counts}"));
        }
        page.end();
    }
    if !quiet.is_empty() {
        let names = phrase::names(quiet.iter().map(|view| view.name), phrase::MOST_NAMES);
        page.add(PLAIN, "  ").add(GREEN, format!("{:<width$}", "ok")).add(PLAIN, "  ");
        page.add(PLAIN, phrase::count(quiet.len(), "connector")).add(DIM, ": ").words(&names).end();
    }
}

fn write_errors(page: &mut Page, errors: &[ReportError], all: bool) {
    let most = if all { usize::MAX } else { MOST_ERRORS };
    for error in errors.iter().take(most) {
        let line = error.line.map(|line| format!(":{line}")).unwrap_or_default();
        let message = on_one_line(&error.message);
        let text =
            format!(" {} side, {}{line}: {message}", error.side, clipped(&error.file, LONGEST_FOREIGN));
        page.add(RED, "error:").line(PLAIN, text);
    }
    if let Some(left) = errors.len().checked_sub(most).filter(|left| *left > 0) {
        page.add(RED, "error:").line(PLAIN, format_args!(" {left} more like these (-v shows all)"));
    }
}

fn write_reach(page: &mut Page, view: &View<'_>) {
    if let Some(affects) = &view.affects {
        page.add(PLAIN, affects.verb).add(PLAIN, " ").words(&affects.words());
        page.end();
    }
    if let Some(platform) = view.platform {
        page.line(PLAIN, platform);
    }
}

fn write_unjudged(page: &mut Page, delta: &Unjudged) {
    let place = delta.stream.as_ref().map_or_else(|| delta.artifact.to_string(), |s| format!("stream {s}"));
    let field = delta.field.join(".");
    page.end();
    page.add(YELLOW, "unjudged:");
    page.line(PLAIN, format_args!(" {place} {field}: no rule judges this yet: {}", delta.change));
}

fn write_group(page: &mut Page, view: &View<'_>, group: &Group<'_>, most_edits: usize) {
    page.end();
    if group.waived.is_some() {
        page.add(DIM, "waived").add(PLAIN, " ");
    }
    page.add(level_style(group.level), format_args!("{}[{}]", group.level.name(), group.rule));
    page.add(PLAIN, " ").line(BOLD, lower_first(&group.headline()));
    // One edit more is shown rather than counted.
    let most = if group.edits.len() == most_edits.saturating_add(1) { usize::MAX } else { most_edits };
    let shared = group.edits[0].evidence.as_ref();
    let is_shared = group.edits.iter().all(|edit| edit.evidence.as_ref() == shared);
    let mut file = None;
    for edit in group.edits.iter().take(most) {
        write_edit(page, view, edit, &mut file, !is_shared);
    }
    let left = group.edits.len().saturating_sub(most);
    if left > 0 {
        page.line(DIM, format_args!("  … {} (--all lists them)", phrase::count(left, "more change")));
    }
    if view.asked.brief {
        let shown = &group.edits[..group.edits.len().min(most)];
        for limit in long_limits(view, shown) {
            page.note("  ", "affects", &limit);
        }
    }
    if let Some(set_by) = group.policy {
        page.note("  ", "policy", &Words::marked("the level is set at ").and_foreign(set_by));
    }
    if let Some(reason) = shared.filter(|reason| is_shared && !(view.asked.brief && reason.is_of_rule)) {
        page.note("  ", reason.label, &reason.words);
    }
    if let Some(waived) = &group.waived {
        // What is accepted asks nothing of anybody.
        page.note("  ", "waived", waived);
        return;
    }
    page.note("  ", "effect", if view.asked.brief { &group.effect_in_brief } else { &group.effect });
    let action = if view.asked.brief { &group.action_besides } else { &group.action };
    if !action.is_empty() {
        page.note("  ", "action", action);
    }
}

/// Longer limits stand on a line of their own.
const LONGEST_LIMIT: usize = 40;

fn is_short(limit: &Words) -> bool {
    limit.as_str().len() <= LONGEST_LIMIT
}

/// What limits an edit; in brief only where the answer does not say it.
fn limit<'v>(view: &'v View<'_>, edit: &'v Edit<'_>) -> Option<&'v Words> {
    let brief = view.asked.brief;
    let said = view.affects.as_ref().filter(|_| brief).and_then(|affects| affects.only.as_ref());
    // Only incremental syncs save state.
    let is_plain =
        |limit: &Words| brief && edit.artifact == Artifact::State && limit.as_str() == INCREMENTAL_SYNCS;
    edit.affects.as_ref().filter(|limit| said != Some(*limit) && !is_plain(limit))
}

/// The long limits of edits, each once.
fn long_limits<'v>(view: &'v View<'_>, edits: &'v [Edit<'_>]) -> Vec<Words> {
    let mut seen = HashSet::new();
    let limits = edits.iter().filter_map(|edit| limit(view, edit)).filter(|limit| !is_short(limit));
    limits.filter(|limit| seen.insert(limit.as_str())).cloned().collect()
}

/// `file` is the file of the edit above, which is not named again.
fn write_edit<'r>(
    page: &mut Page,
    view: &View<'r>,
    edit: &Edit<'r>,
    file: &mut Option<(&'r str, &'r str)>,
    with_evidence: bool,
) {
    let brief = view.asked.brief;
    page.add(PLAIN, "  ").words(&edit.subject);
    let limit = limit(view, edit);
    if let Some(limit) = limit.filter(|limit| brief && is_short(limit)) {
        page.add(PLAIN, " (").words(limit).add(PLAIN, ")");
    }
    page.end();
    for place in &edit.places {
        page.add(PLAIN, "    ").words(place).end();
    }
    if let Some(origin) = edit.origin.new.or(edit.origin.old) {
        let here = (&*origin.root, &*origin.file);
        let is_named = brief && file.replace(here) == Some(here) && origin.line.is_some();
        page.add(PLAIN, "    ").add(BLUE, "-->").add(PLAIN, " ");
        page.add(PLAIN, if is_named { short_place(origin) } else { place(origin) });
        if let Some(cause) = cause(edit, origin, brief) {
            page.add(PLAIN, ", through ").words(&Words::name(cause));
        }
        page.end();
    }
    write_excerpt(page, edit, brief);
    if let Change::Long { old, new } = edit.change {
        write_values(page, old, new);
    }
    if let Some(reason) =
        edit.evidence.as_ref().filter(|reason| with_evidence && !(brief && reason.is_of_rule))
    {
        page.note("    ", reason.label, &reason.words);
    }
    // In brief, what limits several is said once below them.
    if let Some(limit) = limit.filter(|_| !brief) {
        page.note("    ", "affects", limit);
    }
    if view.asked.verbose {
        let most = if view.asked.all { usize::MAX } else { phrase::MOST_NAMES };
        page.note("    ", "id", &phrase::names(edit.ids.iter().copied(), most));
    }
}

/// The shared place that was edited, where the place of the edit does not show it: in the same file without its name, and not
/// at all for an edit in one place that lies in it.
fn cause<'r>(edit: &Edit<'r>, origin: &Origin, brief: bool) -> Option<&'r str> {
    let cause = edit.cause.filter(|cause| !origin.file.ends_with(*cause))?;
    let Some((file, pointer)) = cause.split_once('#').filter(|_| brief) else { return Some(cause) };
    if !origin.file.ends_with(file) {
        return Some(cause);
    }
    let is_inside = origin.pointer.to_string().starts_with(pointer);
    (!is_inside || edit.reaches_many).then(|| &cause[file.len()..])
}

/// The lines of both files, the place marked in the one that a reader opens. In brief, lines are shown where both are: those
/// of one file say no more than the name of what came or went.
fn write_excerpt(page: &mut Page, edit: &Edit<'_>, brief: bool) {
    let excerpts = [(edit.excerpt.old.as_ref(), '-', RED), (edit.excerpt.new.as_ref(), '+', GREEN)];
    let shown: Vec<_> =
        excerpts.into_iter().filter_map(|(excerpt, sign, style)| Some((excerpt?, sign, style))).collect();
    let is_pair = shown.len() > 1;
    if brief && !is_pair {
        return;
    }
    for (index, (excerpt, sign, style)) in shown.iter().enumerate() {
        for (below, (number, line)) in excerpt.lines.iter().enumerate() {
            let sign = if is_pair { *sign } else { '|' };
            page.add(PLAIN, "    ").add(BLUE, format_args!("{number:>5} {sign}")).add(PLAIN, " ");
            page.line(if is_pair { *style } else { PLAIN }, line);
            if index + 1 == shown.len() && below == 0 {
                let (start, length) = excerpt.mark;
                let before: String = line.chars().take(start).collect();
                let marked: String = line.chars().skip(start).take(length).collect();
                let blank = " ".repeat(visible(&before).width());
                let carets = "^".repeat(visible(&marked).width().max(1));
                page.line(BLUE, format_args!("          | {blank}{carets}"));
            }
        }
    }
}

/// Two objects, as a line diff of what differs.
fn write_values(page: &mut Page, old: &Value, new: &Value) {
    const CONTEXT: usize = 1;
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default();
    let (before, after) = (pretty(old), pretty(new));
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    for (index, group) in lines::groups(&before, &after, CONTEXT).iter().enumerate() {
        if index > 0 {
            page.add(PLAIN, "    ").line(BLUE, "| …");
        }
        for change in group.iter().flat_map(|op| op.iter_changes(&before, &after)) {
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ('-', AnsiColor::Red.on_default()),
                ChangeTag::Insert => ('+', AnsiColor::Green.on_default()),
                ChangeTag::Equal => (' ', DIM),
            };
            page.add(PLAIN, "    ").add(BLUE, "|").add(PLAIN, " ");
            page.line(style, format_args!("{sign} {}", change.value()));
        }
    }
}

/// The file with its line and column, as it can be opened from here.
pub(super) fn place(origin: &Origin) -> String {
    format!("{}{}{}", origin.root, origin.file, line_and_column(origin))
}

/// The same for a file that is named above: its own name is enough.
fn short_place(origin: &Origin) -> String {
    let file = origin.file.rsplit('/').next().unwrap_or_default();
    format!("{file}{}", line_and_column(origin))
}

fn line_and_column(origin: &Origin) -> String {
    match (origin.line, origin.column) {
        (Some(line), Some(column)) => format!(":{line}:{column}"),
        (Some(line), None) => format!(":{line}"),
        _ => String::new(),
    }
}

/// What becomes of saved state, streams that fare alike on a line, with the reasons below it.
fn write_states(page: &mut Page, table: &StateTable, most_names: usize) {
    page.end();
    if table.rows.is_empty() {
        let streams = phrase::count(table.not_known.len(), "stream");
        page.add(BOLD, "saved state")
            .add(PLAIN, format_args!(" of {streams} cannot be predicted (-v says why): "));
        page.line(PLAIN, "--old-state and --new-state would decide");
        return;
    }
    page.line(BOLD, "saved state");
    let names: Vec<String> = table
        .rows
        .iter()
        .map(|row| plain(&phrase::names(row.streams.iter().map(String::as_str), most_names)))
        .collect();
    /// A longer list of streams stands alone on its line.
    const WIDEST: usize = 48;
    let width = names.iter().map(|names| visible(names).width()).filter(|width| *width <= WIDEST).max();
    let width = width.unwrap_or_default();
    let style = |outcome: StateOutcome| match outcome {
        StateOutcome::Fails | StateOutcome::LosesData => RED,
        StateOutcome::ReadsAgain | StateOutcome::Unknown => YELLOW,
        _ => DIM,
    };
    for (row, names) in table.rows.iter().zip(names) {
        let gap = width.saturating_sub(visible(&names).width());
        page.add(PLAIN, "  ").add(PLAIN, &names).add(PLAIN, ": ").add(PLAIN, " ".repeat(gap));
        page.add(style(row.forward), row.forward.name());
        if row.back != row.forward || !row.back.is_harm() {
            page.add(PLAIN, ", after a rollback ").add(style(row.back), row.back.name());
        } else {
            page.add(PLAIN, ", after a rollback too");
        }
        page.end();
        for why in &row.why {
            page.line(PLAIN, format_args!("    {why}"));
        }
    }
    let mut more = Vec::new();
    if !table.not_known.is_empty() {
        more.push(format!("{} not known", phrase::count(table.not_known.len(), "stream")));
    }
    if table.quiet > 0 {
        more.push(format!("{} without loss", phrase::count(table.quiet, "stream")));
    }
    if !more.is_empty() {
        page.line(DIM, format_args!("  {}", more.join(", ")));
    }
}

/// What becomes of tables and files in destinations, streams that fare alike on a line; with `all`, change by change, and why.
fn write_destinations(page: &mut Page, table: &DestinationTable, all: bool) {
    page.end();
    page.line(BOLD, "destinations");
    for row in &table.rows {
        let most = if all { usize::MAX } else { phrase::MOST_NAMES };
        let names = phrase::names(row.streams.iter().map(String::as_str), most);
        page.add(PLAIN, "  ").words(&names).add(PLAIN, ": ").words(&row.summary).end();
        for detail in row.details.iter().filter(|_| all) {
            page.add(PLAIN, "    ").words(&detail.change).end();
            for effect in &detail.effects {
                page.add(PLAIN, "      ").words(effect).end();
            }
        }
    }
    if table.quiet > 0 {
        page.line(
            DIM,
            format_args!("  {} whose tables stay as they are", phrase::count(table.quiet, "stream")),
        );
    }
    if let Some(left_out) = table.left_out.as_ref().filter(|_| all) {
        page.line(YELLOW, format_args!("  {left_out}"));
    }
}

fn write_problems(page: &mut Page, view: &View<'_>) {
    let problems = view.problems;
    if problems.is_empty() {
        return;
    }
    page.end();
    page.line(BOLD, "release");
    for problem in problems {
        let style = match problem.level {
            Severity::Error => RED,
            Severity::Warning => YELLOW,
        };
        page.add(PLAIN, "  ");
        if problem.waived.is_some() {
            page.add(DIM, "waived").add(PLAIN, " ");
        }
        page.add(style, format_args!("{}[{}]", problem.level.name(), problem.rule));
        page.add(PLAIN, " ");
        if let Some(origin) = &problem.origin {
            page.add(PLAIN, format_args!("{}: ", place(origin)));
        }
        page.add(PLAIN, on_one_line(&problem.message));
        if view.asked.brief && view.message.is_some() && is_of_message(problem) {
            page.add(DIM, " (-v suggests one)");
        }
        page.end();
        if let Some(set_by) = &problem.policy {
            page.note("    ", "policy", &Words::marked("the level is set at ").and_foreign(set_by));
        }
        if let Some(waived) = &problem.waived {
            page.note("    ", "waived", &phrase::waived(waived));
        }
        if view.asked.verbose {
            page.note("    ", "id", &Words::name(&problem.id));
        }
    }
}

/// How to declare it, where a version is known to declare it in: the answer asks for the declaration.
fn how_to_declare(paperwork: &Paperwork) -> Option<String> {
    let draft = &paperwork.draft;
    draft.version.as_ref()?;
    let whom = match &draft.streams {
        Some(streams) => format!("for {} (scopedImpact)", phrase::count(streams.len(), "stream")),
        None => "for everyone".to_owned(),
    };
    Some(format!("{} {whom}: connector-diff declare OLD NEW", paperwork.what()))
}

fn write_paperwork(page: &mut Page, paperwork: &Paperwork) {
    page.end();
    let what = paperwork.what();
    page.line(BOLD, format_args!("{what} (connector-diff declare writes it), in metadata.yaml:"));
    page.block(&paperwork.draft.metadata(&markdown::message(paperwork)));
    if paperwork.draft.version.is_none() {
        // Of files alone nobody knows which release they are.
        return;
    }
    let file = paperwork.draft.guide.as_deref().unwrap_or("the migration guide");
    page.line(BOLD, format_args!("and in {file}:"));
    page.block(&markdown::short_section(paperwork));
}

fn write_rest(page: &mut Page, view: &View<'_>) {
    if view.asked.verbose {
        write_coverage(page, view);
    }
    let tail = tail(view, false);
    if !tail.is_empty() {
        page.end();
        page.line(passing(view), tail);
    }
}

fn passing(view: &View<'_>) -> Style {
    passing_style(view.asked.gate.map(|gate| gate.because.passes()))
}

/// Whether the report passes and why, how to declare what has to be declared, and how many changes there are.
fn tail(view: &View<'_>, is_one_line: bool) -> String {
    let rest = &view.rest;
    let is_clean = view.asked.gate.is_some_and(|gate| gate.because == Because::Clean);
    let counts = match (&rest.quiet, &rest.counts) {
        (Some(quiet), _) if rest.is_uneventful => Some(format!("{quiet} (--all)")),
        (Some(_), Some(counts)) => Some(format!("{counts} (--all)")),
        (None, Some(counts)) if is_cut(view) => Some(format!("{counts} (--all)")),
        (None, counts) => counts.clone(),
        (Some(_), None) => None,
    };
    let declare = view.paperwork.as_ref().filter(|_| view.asked.brief).and_then(how_to_declare);
    let mut tail: Vec<String> = match (&rest.gate, counts) {
        // What a release that breaks nothing is held against is no matter.
        (Some(_), counts) if is_one_line && is_clean => {
            ["passes".to_owned()].into_iter().chain(counts).collect()
        }
        (Some(gate), Some(counts)) if gate.is_told_by_counts => {
            [format!("{}: {counts}", gate.line)].into_iter().chain(declare).collect()
        }
        (gate, counts) => {
            let counts = counts.map(|counts| format!("changes: {counts}"));
            let gate = gate.as_ref().map(|gate| gate.line.clone());
            gate.into_iter().chain(declare).chain(counts).collect()
        }
    };
    tail.extend(rest.strangers.as_ref().map(plain));
    if !rest.blind_spots.is_empty() && !view.asked.verbose {
        tail.push(format!("{} (-v says why)", rest.blind_spots.join(", ")));
    }
    tail.join("; ")
}

/// Whether a list of names is cut somewhere.
fn is_cut(view: &View<'_>) -> bool {
    let is_cut = |streams: usize| !view.asked.all && streams > phrase::MOST_NAMES + 1;
    view.affects.as_ref().is_some_and(|affects| is_cut(affects.streams.len()))
        || view.groups.iter().flat_map(|group| &group.edits).any(|edit| edit.whole.is_some())
}

fn write_coverage(page: &mut Page, view: &View<'_>) {
    page.end();
    page.line(BOLD, "coverage");
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
        page.line(PLAIN, format_args!("  {}: old {old}, new {new}{reason}", coverage.subject()));
    }
}
