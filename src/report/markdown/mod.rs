//! The Markdown report, for a comment on a pull request: the answer, whether it passes, what to do, and the rest folded.
//!
//! A comment has a limit, which `section.rs` keeps.

mod destinations;
mod heading;
mod inline;
mod paperwork;
mod section;

use inline::{Within, code, escape, fenced, foreign, words, words_in};
pub(super) use paperwork::short_section;
pub use paperwork::{cell, line, message, plain_name, requirement, section, subject, summary, users};
use section::{Section, fit};

use super::checkout::Checkout;
use super::text::LONGEST_NAME;
use super::view::{Change, Edit, Group, Mark, Render, Run, View, phrase};
use crate::model::{CoverageStatus, Level, Outcome, Severity, Words, clipped};
use crate::release::Draft;
use crate::rules;

/// The Markdown report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Markdown {
    /// It has at most so many characters.
    pub most_characters: usize,
    /// The repository of the new side, where it is known: its files are links where they are published.
    pub files_at: Option<Checkout>,
}

impl Render for Markdown {
    fn render(&self, run: &Run<'_>) -> String {
        if run.heading.is_none() {
            return run.views.iter().map(|view| self.one(view, run, self.most_characters)).collect();
        }
        let mut out = heading::of(run, self.most_characters);
        let mut left = self.most_characters.saturating_sub(out.chars().count() + MORE);
        let mut left_out = 0;
        for view in run.views.iter().filter(|view| !Run::is_quiet(view)) {
            let (opening, closing) =
                (format!("\n<details><summary>{}</summary>\n\n", heading::summary(view)), "\n</details>\n");
            let frame = opening.chars().count() + closing.chars().count();
            // A few words of a connector say less than its line in the table.
            if left < frame + LEAST {
                left_out += 1;
                continue;
            }
            let body = self.one(view, run, left - frame);
            left -= frame + body.chars().count();
            out.extend([opening.as_str(), &body, closing]);
        }
        if left_out > 0 && self.most_characters > MORE {
            let what = phrase::count(left_out, "connector");
            out.push_str(&format!("\n**Left out for length**: the reports on {what}.\n"));
        }
        out
    }
}

/// The room for the sentence that says what is left out.
const MORE: usize = 80;

/// A connector has at least so much room, or none.
const LEAST: usize = 600;

impl Markdown {
    fn one(&self, view: &View<'_>, run: &Run<'_>, limit: usize) -> String {
        let mut sections = head(view, run);
        sections.extend(errors(view));
        sections.extend(problems(view));
        sections.extend(self.table(view));
        sections.extend(actions(view));
        sections.extend(draft(view));
        sections.extend(better_message(view));
        sections.extend(checklist(view));
        sections.extend(details(view));
        sections.extend(states(view));
        sections.extend(destinations::sections(view));
        sections.extend(waived(view));
        sections.extend(folded(view));
        sections.extend(coverage(view));
        sections.extend(footer(view));
        fit(sections, limit)
    }

    /// The edits, worst first.
    fn table(&self, view: &View<'_>) -> Option<Section> {
        let rows = view.groups.iter().flat_map(|group| {
            group.edits.iter().enumerate().map(move |(index, edit)| self.row(group, edit, index == 0))
        });
        let unjudged = view.unjudged.iter().map(|delta| {
            let place = delta.stream.as_ref().map_or_else(|| delta.artifact.to_string(), ToString::to_string);
            let place = [vec![place], delta.field.clone()].concat().join(": ");
            let words = Words::code(place).and_text(" ").and_foreign(&delta.change);
            format!(
                "| {} | no rule judges this yet | {} | |\n",
                mark(Level::Review),
                words_in(&words, Within::Table)
            )
        });
        let lines: Vec<String> = rows.chain(unjudged).collect();
        (!lines.is_empty()).then(|| Section {
            name: "the table",
            rank: 2,
            opening: "\n| | Change | Where | Users must |\n|-|-|-|-|\n".to_owned(),
            lines,
            closing: "",
        })
    }

    /// The first row of a rule links to the page that explains the rule, where that has an address: once is enough, and the rest of
    /// the comment needs the room.
    fn row(&self, group: &Group<'_>, edit: &Edit<'_>, is_first: bool) -> String {
        let rule = explained(group.rule, group.explained_at.as_deref().filter(|_| is_first));
        let affects =
            edit.affects.as_ref().map(|affects| format!("<br>{}", words_in(affects, Within::Table)));
        format!(
            "| {} | {}<br><sub>{rule}</sub> | {}{}{} | {} |\n",
            mark(group.level),
            group.headline(),
            words_in(&edit.subject, Within::Table),
            affects.unwrap_or_default(),
            self.location(edit),
            if group.users_must.is_empty() {
                "–".to_owned()
            } else {
                words_in(&group.users_must, Within::Table)
            },
        )
    }

    /// The file and the line to open, as a link where it is known where the new files can be opened.
    fn location(&self, edit: &Edit<'_>) -> String {
        let (Some(origin), is_new) = (edit.origin.new.or(edit.origin.old), edit.origin.new.is_some()) else {
            return String::new();
        };
        let line = origin.line.map(|line| format!(":{line}")).unwrap_or_default();
        let shown = code(&format!("{}{line}", clipped(&origin.file, LONGEST_NAME)), Within::Table);
        let shown = if is_new { shown } else { format!("old {shown}") };
        let cause = edit
            .cause
            .filter(|cause| !origin.file.ends_with(*cause))
            .map(|cause| format!(" through {}", code(&clipped(cause, LONGEST_NAME), Within::Table)));
        let cause = cause.unwrap_or_default();
        match self.files_at.as_ref().filter(|_| is_new).and_then(|files| files.link(origin)) {
            Some(address) => format!("<br><sub>[{shown}]({address}){cause}</sub>"),
            None => format!("<br><sub>{shown}{cause}</sub>"),
        }
    }
}

/// A rule's id, as a link to where it is explained.
fn explained(rule: &str, address: Option<&str>) -> String {
    match address {
        Some(address) => format!("[`{rule}`]({address})"),
        None => format!("`{rule}`"),
    }
}

/// The answer, whom it reaches, and whether it passes.
fn head(view: &View<'_>, run: &Run<'_>) -> Vec<Section> {
    let (title, rest) = (words(&view.title), words(&view.answer.rest));
    let answer = format!("### {} {title}: {}: {rest}\n", heading::sign(view.answer.mark), view.answer.word);
    let marker = match (&run.heading, run.is_of_branch) {
        (None, true) => heading::MARKER.to_owned(),
        (None, false) => format!("<!-- connector-diff:{} -->\n", marker(view.name)),
        (Some(_), _) => String::new(),
    };
    let mut sections = vec![Section::must("the answer", format!("{marker}{answer}"))];
    if run.heading.is_none() {
        sections.extend(heading::notes(&run.notes));
    }
    if let Some(gate) = &view.rest.gate {
        let counts = view.rest.counts.as_ref().map(|counts| format!(". Changes: {counts}"));
        let line = format!("\n**Gate**: {}{}.\n", escape(&gate.line), counts.unwrap_or_default());
        sections.push(Section::must("the gate", line));
    }
    if let Some(affects) = &view.affects {
        sections.insert(
            1,
            Section {
                rank: 1,
                ..Section::must(
                    "the reach",
                    format!("\n**{}** {}\n", capitalised(affects.verb), words(&affects.words())),
                )
            },
        );
    }
    if let Some(platform) = view.platform {
        sections.push(Section::must("the platform", format!("\n**Platform**: {platform}\n")));
    }
    sections
}

pub(super) fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().into_iter().flat_map(char::to_uppercase).chain(characters).collect()
}

/// What to do, by rule: of what breaks first, which is never left out for anything below the answer.
fn actions(view: &View<'_>) -> Vec<Section> {
    let listed = |wanted: fn(Level) -> bool| {
        let asked = view.groups.iter().filter(|group| wanted(group.level) && !group.action.is_empty());
        asked.map(action).collect::<Vec<String>>()
    };
    let of_breaks = listed(|level| level == Level::Breaking);
    let of_others = listed(|level| level != Level::Breaking);
    let heading = "\n**What to do**\n\n".to_owned();
    let section = |name, rank, opening, lines: Vec<String>| {
        (!lines.is_empty()).then_some(Section { name, rank, opening, lines, closing: "" })
    };
    let opening = if of_breaks.is_empty() { heading.clone() } else { String::new() };
    let first = section("what to do", 0, heading, of_breaks);
    first.into_iter().chain(section("what to do besides", 3, opening, of_others)).collect()
}

/// The name as it can stand in a comment of HTML, which two hyphens may end.
fn marker(name: &str) -> String {
    let mut marker = String::with_capacity(name.len());
    for character in clipped(name, 100).chars() {
        match character {
            '-' if marker.ends_with('-') => {}
            '-' | '_' | '.' => marker.push(character),
            other if other.is_alphanumeric() => marker.push(other),
            _ => marker.push('_'),
        }
    }
    marker
}

/// A file that is broken in every line has an error for each.
const MOST_ERRORS: usize = 20;

fn errors(view: &View<'_>) -> Option<Section> {
    let line = |error: &crate::model::ReportError| {
        let line = error.line.map(|line| format!(":{line}")).unwrap_or_default();
        let file = code(&format!("{}{line}", error.file), Within::Line);
        format!("\n> **{} side** {file}: {}\n", error.side, foreign(&error.message, Within::Line))
    };
    let lines: Vec<String> = view.errors.iter().take(MOST_ERRORS).map(line).collect();
    (!lines.is_empty()).then(|| Section {
        name: "errors",
        rank: 1,
        opening: String::new(),
        lines,
        closing: "",
    })
}

fn problems(view: &View<'_>) -> Option<Section> {
    let line = |problem: &crate::model::Problem| {
        let word = match problem.level {
            Severity::Error if problem.waived.is_none() => "**Release**",
            _ => "Release",
        };
        let waived =
            problem.waived.as_ref().map(|waived| format!(" ({})", why_waived(&phrase::waived(waived))));
        let policy = problem
            .policy
            .as_ref()
            .map(|set_by| format!(" (the level is set at {})", foreign(set_by, Within::Line)));
        let (message, policy) = (foreign(&problem.message, Within::Line), policy.unwrap_or_default());
        let check = rules::find_check(&problem.rule)
            .and_then(|check| rules::explained_at(check.id, check.references));
        let check = explained(&problem.rule, check.as_deref());
        format!("\n- {word}: {message}{policy}{} <sub>{check}</sub>", waived.unwrap_or_default())
    };
    let lines: Vec<String> = view.problems.iter().map(line).collect();
    (!lines.is_empty()).then(|| Section {
        name: "the release",
        rank: 1,
        opening: String::new(),
        lines,
        closing: "\n",
    })
}

fn mark(level: Level) -> &'static str {
    match level {
        Level::Breaking => "❌",
        Level::Review => "⚠️",
        Level::Safe => "✅",
        Level::Cosmetic => "·",
    }
}

/// What to do about what a rule found, and where.
fn action(group: &Group<'_>) -> String {
    let subjects = group.edits.iter().map(|edit| edit.subject.clone());
    let places = phrase::list(subjects, phrase::MOST_NAMES);
    format!("- {} {}: {}\n", mark(group.level), words(&places), words(&group.action))
}

/// The migration guide, by its file where that is known.
fn guide_file(draft: &Draft) -> String {
    draft.guide.as_ref().map_or_else(|| "the migration guide".to_owned(), |file| code(file, Within::Line))
}

/// What to paste into the release.
fn draft(view: &View<'_>) -> Option<Section> {
    let paperwork = view.paperwork.as_ref()?;
    let lines = [
        fenced("yaml", &paperwork.draft.metadata(&message(paperwork))),
        format!("\nIn {}:\n\n", guide_file(&paperwork.draft)),
        fenced("markdown", &paperwork::short_section(paperwork)),
    ];
    let what = capitalised(paperwork.what());
    let summary = format!("{what}: <code>metadata.yaml</code> and the migration guide");
    // It is of use as a whole only.
    let whole = vec![lines.concat()];
    Some(Section::folded("to declare it", 4, &summary, whole))
}

/// A message that has what the one of the entry lacks.
fn better_message(view: &View<'_>) -> Option<Section> {
    let text = fenced("text", &message(view.message.as_ref()?));
    Some(Section::folded("a message", 4, "A <code>message</code> that says what users need", vec![text]))
}

/// What the policy asks of a break, and what of it is there.
fn checklist(view: &View<'_>) -> Option<Section> {
    let lines: Vec<String> = view.checklist.iter().map(paperwork::state).collect();
    let summary = match view.verdict.outcome {
        Outcome::Review => "Checklist of a breaking change, if it breaks users",
        _ => "Checklist of a breaking change",
    };
    (!lines.is_empty()).then(|| Section::folded("the checklist", 6, summary, lines))
}

/// What users see, what shows it, and every place where the table names a few.
fn details(view: &View<'_>) -> Option<Section> {
    let mut lines = Vec::new();
    for group in &view.groups {
        let mut line = format!("- {} **{}**: {}", mark(group.level), group.headline(), words(&group.effect));
        if let Some(set_by) = group.policy {
            line.push_str(&format!("<br>the level is set at {}", foreign(set_by, Within::Line)));
        }
        for edit in &group.edits {
            let (subject, places) = match &edit.whole {
                Some((subject, places)) => (subject, places),
                None => (&edit.subject, &edit.places),
            };
            let mut notes: Vec<String> = places.iter().map(words).collect();
            let reason = edit.evidence.as_ref();
            notes.extend(reason.map(|reason| format!("{}: {}", reason.label, words(&reason.words))));
            if let Change::Long { old, new } = &edit.change {
                let value = |value: &serde_json::Value| code(&crate::model::short(value), Within::Line);
                notes.push(format!("{} → {}", value(old), value(new)));
            }
            let ids = words(&phrase::names(edit.ids.iter().copied(), phrase::MOST_NAMES));
            line.push_str(&format!("<br>{} ({ids})", words(subject)));
            notes.iter().for_each(|note| line.push_str(&format!("<br>{note}")));
        }
        line.push('\n');
        lines.push(line);
    }
    (!lines.is_empty()).then(|| Section::folded("what users see", 5, "What users see, and why", lines))
}

/// What becomes of saved state.
fn states(view: &View<'_>) -> Option<Section> {
    let table = view.states.as_ref()?;
    let list = |names: &[String]| {
        words_in(&phrase::names(names.iter().map(String::as_str), phrase::MOST_NAMES), Within::Table)
    };
    let mut lines: Vec<String> = table
        .rows
        .iter()
        .map(|row| {
            let why: Vec<String> = row.why.iter().map(|why| foreign(why, Within::Table)).collect();
            let (forward, back) = (row.forward.name(), row.back.name());
            format!("| {} | {forward} | {back} | {} |\n", list(&row.streams), why.join("<br>"))
        })
        .collect();
    if !table.not_known.is_empty() {
        lines.push(format!("| {} | not known | not known | |\n", list(&table.not_known)));
    }
    let mut section = Section::folded("saved state", 6, "Saved state", lines);
    section.opening.push_str("| Stream | New version | Rollback | Why |\n|-|-|-|-|\n");
    Some(section)
}

fn why_waived(why: &Words) -> String {
    format!("waived: {}", words(why))
}

/// What the policy file accepts, and why.
fn waived(view: &View<'_>) -> Option<Section> {
    let line = |group: &Group<'_>| {
        let subjects = group.edits.iter().map(|edit| edit.subject.clone());
        let places = words(&phrase::list(subjects, phrase::MOST_NAMES));
        let why = group.waived.as_ref().map(why_waived).unwrap_or_default();
        format!("- {} {}: {places}<br>{why}\n", mark(group.level), group.headline())
    };
    let lines: Vec<String> = view.waived.iter().map(line).collect();
    let changes: usize = view.waived.iter().map(|group| group.edits.len()).sum();
    (changes > 0).then(|| Section::folded("what is waived", 5, &format!("{changes} waived"), lines))
}

fn folded(view: &View<'_>) -> Option<Section> {
    let quiet = view.rest.quiet.as_ref()?;
    let line = |group: &Group<'_>| {
        let subjects = group.edits.iter().map(|edit| edit.subject.clone());
        let places = phrase::list(subjects, phrase::MOST_NAMES);
        format!("- {} {}: {}\n", mark(group.level), group.headline(), words(&places))
    };
    Some(Section::folded("safe and cosmetic", 7, quiet, view.folded.iter().map(line).collect()))
}

/// What was not seen, and why.
fn coverage(view: &View<'_>) -> Option<Section> {
    let lines: Vec<String> = view
        .coverage
        .iter()
        .filter(|one| one.old != CoverageStatus::Complete || one.new != CoverageStatus::Complete)
        .map(|one| {
            let status = |status: CoverageStatus| match status {
                CoverageStatus::Complete => "seen",
                CoverageStatus::Partial => "seen in part",
                CoverageStatus::Absent => "not seen",
            };
            let why = if one.reason.is_empty() {
                String::new()
            } else {
                format!(": {}", foreign(&one.reason, Within::Line))
            };
            format!("- {}: old {}, new {}{why}\n", one.subject(), status(one.old), status(one.new))
        })
        .collect();
    (!lines.is_empty()).then(|| Section::folded("what was not seen", 8, "What was not seen", lines))
}

fn footer(view: &View<'_>) -> Vec<Section> {
    let rest = &view.rest;
    let mut lines: Vec<String> = Vec::new();
    for left_out in rest.left_out.iter().chain(&rest.folded_left_out) {
        lines.push(format!("\n**{}**\n", escape(left_out)));
    }
    if let Some(strangers) = &rest.strangers {
        lines.push(format!("\n{}.\n", words(strangers)));
    }
    let notes = (!lines.is_empty()).then(|| Section {
        name: "notes",
        rank: 2,
        opening: String::new(),
        lines,
        closing: "",
    });
    // Where somebody has to decide, the other way to do so.
    let waive = match view.paperwork {
        Some(_) => ". To accept a finding by its id: `connector-diff waive ID --reason TEXT`",
        None => "",
    };
    let version = format!("\n<sub>connector-diff {}{waive}</sub>\n", env!("CARGO_PKG_VERSION"));
    notes.into_iter().chain([Section { rank: 9, ..Section::must("the version", version) }]).collect()
}
