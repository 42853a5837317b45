//! The Markdown report, for a comment on a pull request: the answer, whether it passes, what to do, and the rest folded.
//!
//! A comment has a limit. What must be read comes first and is never left out; of the rest whole sections are, the least
//! important first, and their names are said.

mod inline;

use inline::{Within, code, escape, fenced, foreign, words, words_in};

use super::view::{Change, Edit, Group, Mark, Render, View, phrase};
use crate::model::{Level, Origin, Severity, Words, clipped};

/// The Markdown report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Markdown {
    /// It has at most so many characters.
    pub most_characters: usize,
    /// Where the files of the new side can be opened: the address that a path is put behind.
    pub files_at: Option<String>,
}

impl Render for Markdown {
    fn render(&self, views: &[View<'_>]) -> String {
        let mut out = String::new();
        for view in views {
            let left = self.most_characters.saturating_sub(out.chars().count());
            out.push_str(&self.one(view, left));
        }
        out
    }
}

/// A part of the report, in the order that it is read.
struct Section {
    /// What it is called where it is left out; of the parts that are never left out, nothing.
    name: &'static str,
    /// What is left out first has the highest rank.
    rank: u8,
    opening: String,
    /// Lines that may be left out one by one, from the last on.
    lines: Vec<String>,
    closing: &'static str,
}

impl Section {
    fn must(text: String) -> Self {
        Self { name: "", rank: 0, opening: text, lines: Vec::new(), closing: "" }
    }

    fn folded(name: &'static str, rank: u8, summary: &str, lines: Vec<String>) -> Self {
        let opening = format!("\n<details><summary>{summary}</summary>\n\n");
        Self { name, rank, opening, lines, closing: "\n</details>\n" }
    }

    fn length(&self) -> usize {
        let lines: usize = self.lines.iter().map(|line| line.chars().count()).sum();
        self.opening.chars().count() + lines + self.closing.chars().count()
    }

    fn write(&self, out: &mut String) {
        out.push_str(&self.opening);
        self.lines.iter().for_each(|line| out.push_str(line));
        out.push_str(self.closing);
    }
}

/// Room for what is said of what is left out.
const NOTE: usize = 300;

/// The sections as a text of at most so many characters.
fn fit(mut sections: Vec<Section>, footer: &str, limit: usize) -> String {
    let whole: usize = sections.iter().map(Section::length).sum::<usize>() + footer.chars().count();
    let mut note = String::new();
    if whole > limit {
        let mut room = limit.saturating_sub(footer.chars().count() + NOTE);
        let mut order: Vec<usize> = (0..sections.len()).collect();
        order.sort_by_key(|index| sections[*index].rank);
        let mut left_out: Vec<String> = Vec::new();
        for index in order {
            let section = &mut sections[index];
            let total = section.lines.len();
            while section.length() > room && !section.lines.is_empty() {
                section.lines.pop();
            }
            let is_kept = section.length() <= room && (total == 0 || !section.lines.is_empty());
            let left = total - section.lines.len();
            match (is_kept, left) {
                (true, 0) => {}
                (true, left) => left_out.push(format!("{left} of {total} in \"{}\"", section.name)),
                (false, _) if section.name.is_empty() => left_out.push("part of the answer".to_owned()),
                (false, _) => left_out.push(format!("\"{}\"", section.name)),
            }
            if is_kept {
                room -= section.length();
            } else {
                section.opening.clear();
                section.lines.clear();
                section.closing = "";
            }
        }
        left_out.sort();
        left_out.dedup();
        note = format!(
            "\n**Left out for length**: {}. The text and the JSON report have all.\n",
            left_out.join(", ")
        );
    }
    let mut out = String::new();
    sections.iter().for_each(|section| section.write(&mut out));
    out.push_str(&note);
    out.push_str(footer);
    // A limit that does not even hold the answer cuts it.
    if out.chars().count() > limit { out.chars().take(limit).collect() } else { out }
}

impl Markdown {
    fn one(&self, view: &View<'_>, limit: usize) -> String {
        let mut sections = vec![Section::must(head(view))];
        sections.extend(errors(view));
        sections.extend(problems(view));
        sections.extend(self.table(view));
        let listed = |wanted: fn(Level) -> bool| {
            let asked = view.groups.iter().filter(move |group| wanted(group.level));
            asked.filter(|group| !group.action.is_empty()).map(action).collect::<Vec<String>>()
        };
        let of_breaks = listed(|level| level == Level::Breaking);
        let of_others = listed(|level| level != Level::Breaking);
        if !of_breaks.is_empty() || !of_others.is_empty() {
            sections.push(Section::must("\n**What to do**\n\n".to_owned()));
            for (name, rank, lines) in [("What to do", 0, of_breaks), ("What to do besides", 2, of_others)] {
                sections.push(Section { name, rank, opening: String::new(), lines, closing: "" });
            }
            sections.retain(|section| section.length() > 0);
        }
        sections.extend(draft(view));
        sections.extend(details(view));
        sections.extend(states(view));
        sections.extend(folded(view));
        fit(sections, &footer(view), limit)
    }

    /// The edits, worst first.
    fn table(&self, view: &View<'_>) -> Option<Section> {
        let rows =
            view.groups.iter().flat_map(|group| group.edits.iter().map(move |edit| self.row(group, edit)));
        let unjudged = view.unjudged.iter().map(|delta| {
            let words = Words::code(delta.field.join(".")).and_text(" ").and_foreign(&delta.change);
            format!(
                "| {} | no rule judges this yet | {} | |\n",
                mark(Level::Review),
                words_in(&words, Within::Table)
            )
        });
        let lines: Vec<String> = rows.chain(unjudged).collect();
        (!lines.is_empty()).then(|| Section {
            name: "the table",
            rank: 1,
            opening: "\n| | Change | Where | Users must |\n|-|-|-|-|\n".to_owned(),
            lines,
            closing: "",
        })
    }

    fn row(&self, group: &Group<'_>, edit: &Edit<'_>) -> String {
        let affects =
            edit.affects.as_ref().map(|affects| format!("<br>{}", words_in(affects, Within::Table)));
        format!(
            "| {} | {}<br><sub>`{}`</sub> | {}{}{} | {} |\n",
            mark(group.level),
            group.title,
            group.rule,
            words_in(&edit.subject, Within::Table),
            affects.unwrap_or_default(),
            self.location(edit),
            words_in(&group.users_must, Within::Table),
        )
    }

    /// The file and the line to open, as a link where it is known where the new files can be opened.
    fn location(&self, edit: &Edit<'_>) -> String {
        let (Some(origin), is_new) = (edit.origin.new.or(edit.origin.old), edit.origin.new.is_some()) else {
            return String::new();
        };
        let line = origin.line.map(|line| format!(":{line}")).unwrap_or_default();
        let shown = code(&format!("{}{line}", origin.file), Within::Table);
        let cause = edit.cause.map(|cause| format!(" through {}", code(cause, Within::Table)));
        let cause = cause.unwrap_or_default();
        match self.files_at.as_ref().filter(|_| is_new).and_then(|address| link(address, origin)) {
            Some(address) => format!("<br><sub>[{shown}]({address}){cause}</sub>"),
            None => format!("<br><sub>{shown}{cause}</sub>"),
        }
    }
}

/// The address of a place; `None` where the path leads out of what is published there.
fn link(address: &str, origin: &Origin) -> Option<String> {
    let path = format!("{}{}", origin.root, origin.file);
    let path = path.strip_prefix("./").unwrap_or(&path);
    if path.starts_with('/') || path.split('/').any(|part| part == "..") {
        return None;
    }
    let mut link = address.to_owned();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' => {
                link.push(char::from(byte))
            }
            other => link.push_str(&format!("%{other:02X}")),
        }
    }
    if let Some(line) = origin.line {
        link.push_str(&format!("#L{line}"));
    }
    Some(link)
}

fn head(view: &View<'_>) -> String {
    let mark = match view.answer.mark {
        Mark::Fine => "✅",
        Mark::Declared => "🔶",
        Mark::ToDecide => "⚠️",
        Mark::Undeclared => "❌",
        Mark::Unread => "🚫",
    };
    let mut head = format!("<!-- connector-diff:{} -->\n", marker(view.name));
    let (title, rest) = (words(&view.title), words(&view.answer.rest));
    head.push_str(&format!("### {mark} {title}: {}: {rest}\n", view.answer.word));
    if let Some(affects) = &view.affects {
        head.push_str(&format!("\n**Affects**: {}", words(affects)));
        if view.to_review > 0 {
            head.push_str(&format!("; {} more to review", view.to_review));
        }
        head.push('\n');
    }
    if let Some(platform) = view.platform {
        head.push_str(&format!("\n**Platform**: {platform}\n"));
    }
    if let Some(gate) = &view.rest.gate {
        let counts = view.rest.counts.as_ref().map(|counts| format!(". Findings: {counts}"));
        head.push_str(&format!("\n**Gate**: {}{}.\n", escape(gate), counts.unwrap_or_default()));
    }
    head
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

fn errors(view: &View<'_>) -> Option<Section> {
    let line = |error: &crate::model::ReportError| {
        let line = error.line.map(|line| format!(":{line}")).unwrap_or_default();
        let file = code(&format!("{}{line}", error.file), Within::Line);
        format!("\n> **{} side** {file}: {}\n", error.side, foreign(&error.message, Within::Line))
    };
    let lines: Vec<String> = view.errors.iter().map(line).collect();
    (!lines.is_empty()).then(|| Section {
        name: "errors",
        rank: 0,
        opening: String::new(),
        lines,
        closing: "",
    })
}

fn problems(view: &View<'_>) -> Option<Section> {
    let line = |problem: &crate::model::Problem| {
        let word = match problem.level {
            Severity::Error => "**Release**",
            Severity::Warning => "Release",
        };
        let policy = problem
            .policy
            .as_ref()
            .map(|set_by| format!(" (the level is set at {})", foreign(set_by, Within::Line)));
        format!("\n- {word}: {}{}", foreign(&problem.message, Within::Line), policy.unwrap_or_default())
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

/// Each change of a break as a line of a migration guide.
pub(super) fn changes(view: &View<'_>) -> Vec<String> {
    let breaking = view.groups.iter().filter(|group| group.level == Level::Breaking);
    let line = |group: &Group<'_>, edit: &Edit<'_>| format!("{}: {}", group.title, words(&edit.subject));
    breaking.flat_map(|group| group.edits.iter().map(move |edit| line(group, edit))).collect()
}

/// What to paste into the release.
fn draft(view: &View<'_>) -> Option<Section> {
    let draft = view.draft.as_ref()?;
    let lines = [
        fenced("yaml", &draft.metadata()),
        "\nIn the migration guide:\n\n".to_owned(),
        fenced("markdown", &draft.guide(&changes(view))),
    ];
    let summary = "To declare it: <code>metadata.yaml</code> and the migration guide";
    // It is of use as a whole only.
    let whole = vec![lines.concat()];
    Some(Section::folded("to declare it", 3, summary, whole))
}

/// What users see, what shows it, and every place where the table names a few.
fn details(view: &View<'_>) -> Option<Section> {
    let mut lines = Vec::new();
    for group in &view.groups {
        let mut line = format!("- {} **{}**: {}", mark(group.level), group.title, words(&group.effect));
        if let Some(set_by) = group.policy {
            line.push_str(&format!("<br>the level is set at {}", foreign(set_by, Within::Line)));
        }
        for edit in &group.edits {
            let mut notes: Vec<String> = edit.places.iter().map(words).collect();
            notes.extend(edit.evidence.iter().map(|(label, shown)| format!("{label}: {}", words(shown))));
            if let Change::Long { old, new } = &edit.change {
                let value = |value: &serde_json::Value| code(&crate::model::short(value), Within::Line);
                notes.push(format!("{} → {}", value(old), value(new)));
            }
            if !notes.is_empty() {
                line.push_str(&format!("<br>{}: {}", words(&edit.subject), notes.join("<br>")));
            }
        }
        line.push('\n');
        lines.push(line);
    }
    (!lines.is_empty()).then(|| Section::folded("what users see", 4, "What users see, and why", lines))
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
    let mut section = Section::folded("saved state", 5, "Saved state", lines);
    section.opening.push_str("| Stream | New version | Rollback | Why |\n|-|-|-|-|\n");
    Some(section)
}

fn folded(view: &View<'_>) -> Option<Section> {
    let quiet = view.rest.quiet.as_ref()?;
    let line = |group: &Group<'_>| {
        let subjects = group.edits.iter().map(|edit| edit.subject.clone());
        let places = phrase::list(subjects, phrase::MOST_NAMES);
        format!("- {} {}: {}\n", mark(group.level), group.title, words(&places))
    };
    Some(Section::folded("safe and cosmetic", 6, quiet, view.folded.iter().map(line).collect()))
}

fn footer(view: &View<'_>) -> String {
    let rest = &view.rest;
    let mut footer = String::new();
    for left_out in rest.left_out.iter().chain(&rest.folded_left_out) {
        footer.push_str(&format!("\n**{}**\n", escape(left_out)));
    }
    if let Some(ignored) = &rest.ignored {
        footer.push_str(&format!("\n{ignored}.\n"));
    }
    if let Some(strangers) = &rest.strangers {
        footer.push_str(&format!("\n{}.\n", words(strangers)));
    }
    if !rest.blind_spots.is_empty() {
        footer.push_str(&format!("\n{}.\n", rest.blind_spots.join(", ")));
    }
    footer.push_str(&format!("\n<sub>connector-diff {}</sub>\n", env!("CARGO_PKG_VERSION")));
    footer
}
