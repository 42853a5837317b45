//! What services show beside the lines of a change, in the order of its weight: findings, what is wrong with the release,
//! and what could not be read. The formats for those services differ in how they write it and in how much they take.

use super::checkout::{self, Checkout, Place};
use super::text::{on_one_line, plain};
use super::view::{Edit, Group, Heading, Mark, View, phrase};
use crate::model::{Finding, Level, ReportError, Severity, Unjudged, Words};
use crate::rules;

/// How much something weighs, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// Users break and nobody told them, or the release has an error.
    Error,
    /// To be decided, or a break that the release declares.
    Warning,
    /// Good to know.
    Note,
}

/// What is told.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind<'v> {
    /// What a rule found.
    Edit(&'v Edit<'v>, Level),
    /// A difference that no rule judges yet.
    Unjudged,
    /// Something wrong with what the release declares.
    Problem,
    /// Something that could not be read.
    Unread,
}

/// One thing that is told at one place.
#[derive(Debug)]
pub(super) struct Annotation<'v> {
    pub(super) connector: &'v str,
    pub(super) kind: Kind<'v>,
    pub(super) weight: Weight,
    /// The rule or the check, by its id.
    pub(super) rule: &'v str,
    /// What happened, in a few words.
    pub(super) headline: String,
    /// What it is about and what follows, each a line.
    pub(super) lines: Vec<String>,
    pub(super) place: Option<Place>,
    /// The fingerprints of what is told.
    pub(super) ids: Vec<&'v str>,
    /// Why the policy file accepts it.
    pub(super) waived: Option<Words>,
}

/// What no rule judges has this name among rules.
pub(super) const UNJUDGED: &str = "unjudged";
/// And what could not be read this one.
pub(super) const UNREAD: &str = "unreadable";

impl<'v> Annotation<'v> {
    /// The findings that are told.
    pub(super) fn findings(&self) -> &'v [&'v Finding] {
        match self.kind {
            Kind::Edit(edit, _) => &edit.findings,
            Kind::Unjudged | Kind::Problem | Kind::Unread => &[],
        }
    }

    /// What comes first where there is not room for all: what breaks users, then what could not be read.
    fn rank(&self) -> (Weight, u8) {
        let kind = match self.kind {
            Kind::Edit(_, Level::Breaking) => 0,
            Kind::Unread => 1,
            Kind::Problem => 2,
            Kind::Edit(..) | Kind::Unjudged => 3,
        };
        (self.weight, kind)
    }

    /// A fingerprint that stays while any finding is added: the first in the order of their signs.
    pub(super) fn fingerprint(&self) -> Option<&'v str> {
        self.ids.iter().min().copied()
    }
}

/// All of it for many connectors, the worst first. Findings are told as the views tell them; what is safe is a note.
pub(super) fn annotations<'v>(views: &'v [View<'_>], files: Option<&Checkout>) -> Vec<Annotation<'v>> {
    let mut all: Vec<Annotation<'v>> = views.iter().flat_map(|view| of_view(view, files)).collect();
    // The sort is stable: what weighs the same stays in the order of the report.
    all.sort_by_key(Annotation::rank);
    all
}

fn of_view<'v>(view: &'v View<'_>, files: Option<&Checkout>) -> Vec<Annotation<'v>> {
    let of_folded = view.folded.iter().filter(|group| group.level == Level::Safe);
    let groups = view.groups.iter().chain(of_folded).chain(&view.waived);
    let edits =
        groups.flat_map(|group| group.edits.iter().map(move |edit| of_edit(view, group, edit, files)));
    let problems = view.problems.iter().map(|problem| Annotation {
        connector: view.name,
        kind: Kind::Problem,
        weight: match problem.level {
            Severity::Error => Weight::Error,
            Severity::Warning => Weight::Warning,
        },
        rule: &problem.rule,
        headline: rules::find_check(&problem.rule).map_or("", |check| check.title).to_owned(),
        lines: vec![on_one_line(&problem.message)],
        place: checkout::place(files, view, checkout::sided(view, problem.origin.as_ref())),
        ids: vec![&problem.id],
        waived: problem.waived.as_ref().map(phrase::waived),
    });
    let unjudged = view.unjudged.iter().map(|delta| Annotation {
        connector: view.name,
        kind: Kind::Unjudged,
        weight: Weight::Warning,
        rule: UNJUDGED,
        headline: "No rule judges this yet".to_owned(),
        lines: vec![unjudged_line(delta)],
        place: None,
        ids: Vec::new(),
        waived: None,
    });
    let unread = view.errors.iter().map(|error| Annotation {
        connector: view.name,
        kind: Kind::Unread,
        weight: Weight::Error,
        rule: UNREAD,
        headline: "This cannot be read".to_owned(),
        lines: vec![unread_line(error)],
        place: checkout::of_error(files, view, error),
        ids: Vec::new(),
        waived: None,
    });
    edits.chain(problems).chain(unjudged).chain(unread).collect()
}

fn of_edit<'v>(
    view: &'v View<'_>,
    group: &'v Group<'_>,
    edit: &'v Edit<'_>,
    files: Option<&Checkout>,
) -> Annotation<'v> {
    let mut lines = edit_lines(edit);
    let mut note = |label: &str, words: &Words| {
        if !words.is_empty() {
            lines.push(format!("{label}: {}", plain(words)));
        }
    };
    note("effect", &group.effect);
    match &group.waived {
        // What is accepted asks nothing of anybody.
        Some(why) => note("waived", why),
        None => note("action", &group.action),
    }
    Annotation {
        connector: view.name,
        kind: Kind::Edit(edit, group.level),
        weight: weight(view, group.level),
        rule: group.rule,
        headline: group.headline(),
        lines,
        place: checkout::place(files, view, edit.origin.clone()),
        ids: edit.ids.clone(),
        waived: group.waived.clone(),
    }
}

/// What an edit is about, whom it reaches and what shows it, each a line.
pub(super) fn edit_lines(edit: &Edit<'_>) -> Vec<String> {
    let mut lines = vec![plain(&edit.subject)];
    lines.extend(edit.places.iter().map(plain));
    lines.extend(edit.affects.as_ref().map(|affects| format!("affects: {}", plain(affects))));
    lines.extend(edit.evidence.as_ref().map(|reason| format!("{}: {}", reason.label, plain(&reason.words))));
    lines
}

/// A difference that no rule judges.
pub(super) fn unjudged_line(delta: &Unjudged) -> String {
    let place = delta.stream.as_ref().map_or_else(|| delta.artifact.to_string(), ToString::to_string);
    let place = [vec![place], delta.field.clone()].concat().join(": ");
    plain(&Words::name(place).and_text(": ").and_foreign(&delta.change))
}

/// What could not be read.
pub(super) fn unread_line(error: &ReportError) -> String {
    let side = Words::marked(error.side.name()).and_text(" side, ").and(&Words::name(&error.file));
    let at = match error.line {
        Some(line) => side.and_text(", line ").and_number(line),
        None => side,
    };
    plain(&at.and_text(": ").and_foreign(&error.message))
}

/// A break that the release declares as it has to be is nobody's error.
fn weight(view: &View<'_>, level: Level) -> Weight {
    match level {
        Level::Breaking if view.answer.mark == Mark::Declared => Weight::Warning,
        Level::Breaking => Weight::Error,
        Level::Review => Weight::Warning,
        Level::Safe | Level::Cosmetic => Weight::Note,
    }
}

/// The first line of a report, as every format has it.
pub(super) fn answer(view: &View<'_>) -> String {
    format!("{}: {}: {}", plain(&view.title), view.answer.word, plain(&view.answer.rest))
}

/// The answer for several connectors, on one line.
pub(super) fn of_all(heading: &Heading) -> String {
    let gate = heading.gate.as_ref().map(|gate| format!(" [{gate}]")).unwrap_or_default();
    format!("{}: {}: {}{gate}", plain(&heading.title), heading.word, plain(&heading.rest))
}
