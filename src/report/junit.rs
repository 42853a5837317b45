//! JUnit's XML, which build services list as tests: a suite for each connector, in it a case for the gate and one for each
//! rule that found something.

use std::fmt::Write as _;

use super::annotation::{answer, edit_lines, unjudged_line, unread_line};
use super::checkout::{self, Checkout, Place};
use super::text::{on_one_line, plain};
use super::view::{Group, Mark, Render, Run, View, phrase};
use super::xml::escaped;
use crate::model::{Level, Problem, visible};
use crate::rules;

/// The JUnit report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Junit {
    /// The repository of the new side, where it is known.
    pub files_at: Option<Checkout>,
}

impl Render for Junit {
    fn render(&self, run: &Run<'_>) -> String {
        let suites: Vec<Suite<'_>> = run.views.iter().map(|view| self.suite(view)).collect();
        let cases = || suites.iter().flat_map(|suite| &suite.cases);
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let _ = writeln!(out, "<testsuites name=\"connector-diff\"{}>", counts(cases()));
        suites.iter().for_each(|suite| suite.write(&mut out));
        out.push_str("</testsuites>\n");
        out
    }
}

struct Suite<'v> {
    view: &'v View<'v>,
    cases: Vec<Case>,
}

struct Case {
    name: String,
    place: Option<Place>,
    result: Outcome,
    /// What is told of it, each a line.
    lines: Vec<String>,
}

/// What a case comes to, with its message.
enum Outcome {
    Passed,
    Skipped(String),
    Failed(&'static str, String),
    Errored(String),
}

fn counts<'c>(cases: impl Iterator<Item = &'c Case> + Clone) -> String {
    let count = |wanted: fn(&Outcome) -> bool| cases.clone().filter(|case| wanted(&case.result)).count();
    format!(
        " tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"",
        count(|_| true),
        count(|result| matches!(result, Outcome::Failed(..))),
        count(|result| matches!(result, Outcome::Errored(_))),
        count(|result| matches!(result, Outcome::Skipped(_))),
    )
}

impl Junit {
    fn suite<'v>(&self, view: &'v View<'v>) -> Suite<'v> {
        let mut cases = vec![gate(view)];
        let groups = view.groups.iter().chain(&view.folded).chain(&view.waived);
        cases.extend(groups.map(|group| self.rule(view, group)));
        let mut problems: Vec<&Problem> = view.problems.iter().collect();
        problems.sort_by_key(|problem| problem.level);
        let is_one_case =
            |a: &&Problem, b: &&Problem| (&a.rule, a.level, &a.waived) == (&b.rule, b.level, &b.waived);
        cases.extend(problems.chunk_by(is_one_case).map(|problems| self.check(view, problems)));
        if !view.unjudged.is_empty() {
            let count = phrase::count(view.unjudged.len(), "difference");
            let is_failure = fails(view, Level::Review);
            cases.push(Case {
                name: "unjudged (review)".to_owned(),
                place: None,
                result: match is_failure {
                    true => Outcome::Failed("review", format!("no rule judges {count} yet")),
                    false => Outcome::Passed,
                },
                lines: view.unjudged.iter().map(|delta| unjudged_line(delta)).collect(),
            });
        }
        Suite { view, cases }
    }

    fn rule(&self, view: &View<'_>, group: &Group<'_>) -> Case {
        let level = group.level.name();
        let mut lines: Vec<String> = group.edits.iter().flat_map(edit_lines).collect();
        lines.push(format!("effect: {}", plain(&group.effect)));
        let result = match &group.waived {
            Some(why) => Outcome::Skipped(format!("waived: {}", plain(why))),
            None => {
                if !group.action.is_empty() {
                    lines.push(format!("action: {}", plain(&group.action)));
                }
                let changes = phrase::count(group.edits.len(), "change");
                match fails(view, group.level) {
                    true => Outcome::Failed(level, format!("{}: {changes}", group.headline())),
                    false => Outcome::Passed,
                }
            }
        };
        let mark = if group.waived.is_some() { ", waived" } else { "" };
        let place = group
            .edits
            .iter()
            .find_map(|edit| checkout::place(self.files_at.as_ref(), view, edit.origin.clone()));
        Case { name: format!("{} ({level}{mark})", group.rule), place, result, lines }
    }

    /// What one check found, which is the same for all of it besides its message.
    fn check(&self, view: &View<'_>, problems: &[&Problem]) -> Case {
        let first = problems[0];
        let title = rules::find_check(&first.rule).map_or("", |check| check.title);
        let result = match &first.waived {
            Some(waived) => Outcome::Skipped(format!("waived: {}", plain(&phrase::waived(waived)))),
            None if view.asked.gate.is_some_and(|gate| gate.fails_by_problem(first.level)) => {
                Outcome::Failed(first.level.name(), title.to_owned())
            }
            None => Outcome::Passed,
        };
        let mark = if first.waived.is_some() { ", waived" } else { "" };
        let origin = problems.iter().find_map(|problem| problem.origin.as_ref());
        Case {
            name: format!("{} ({}{mark})", first.rule, first.level.name()),
            place: checkout::place(self.files_at.as_ref(), view, checkout::sided(view, origin)),
            result,
            lines: problems.iter().map(|problem| on_one_line(&problem.message)).collect(),
        }
    }
}

/// Whether findings of a level keep the report from passing.
fn fails(view: &View<'_>, level: Level) -> bool {
    match view.asked.gate {
        Some(gate) => gate.fails_by(level),
        None if view.asked.equivalent => level < Level::Cosmetic,
        None => level == Level::Breaking && view.answer.mark == Mark::Undeclared,
    }
}

/// Whether the report passes, with the answer.
fn gate(view: &View<'_>) -> Case {
    let passes = match (view.asked.gate, view.answer.mark) {
        (Some(gate), _) => gate.because.passes(),
        (None, Mark::Fine | Mark::Declared) => Some(true),
        (None, Mark::Undeclared) => Some(false),
        (None, Mark::ToReview) if !view.asked.equivalent => Some(true),
        (None, Mark::ToReview | Mark::Unread) => None,
    };
    let mut lines = vec![answer(view)];
    if let Some(affects) = &view.affects {
        lines.push(format!("{} {}", affects.verb, plain(&affects.words())));
    }
    lines.extend(view.rest.counts.clone());
    lines.extend(view.errors.iter().map(unread_line));
    lines.extend(view.rest.left_out.iter().chain(&view.rest.folded_left_out).cloned());
    let said = || {
        view.rest.gate.as_ref().map(|gate| gate.line.clone()).unwrap_or_else(|| view.answer.word.to_owned())
    };
    Case {
        name: "gate".to_owned(),
        place: None,
        result: match passes {
            Some(true) => Outcome::Passed,
            Some(false) => Outcome::Failed("gate", said()),
            None => Outcome::Errored(said()),
        },
        lines,
    }
}

/// A text of ours and others for XML.
fn shown(text: &str) -> String {
    escaped(&visible(text))
}

impl Suite<'_> {
    fn write(&self, out: &mut String) {
        let (view, verdict) = (self.view, self.view.verdict);
        let name = shown(view.name);
        let _ = writeln!(out, "  <testsuite name=\"{name}\"{}>", counts(self.cases.iter()));
        out.push_str("    <properties>\n");
        let answer = answer(view);
        let properties = [
            ("answer", answer.as_str()),
            ("outcome", verdict.outcome.name()),
            ("required_bump", verdict.required_bump.name()),
            ("declaration", verdict.declaration.name()),
        ];
        let minimum = verdict.minimum_version.as_deref().map(|version| ("minimum_version", version));
        for (name, value) in properties.into_iter().chain(minimum) {
            let _ = writeln!(out, "      <property name=\"{name}\" value=\"{}\"/>", shown(value));
        }
        out.push_str("    </properties>\n");
        self.cases.iter().for_each(|case| case.write(&name, out));
        out.push_str("  </testsuite>\n");
    }
}

impl Case {
    fn write(&self, suite: &str, out: &mut String) {
        let _ = write!(out, "    <testcase classname=\"{suite}\" name=\"{}\"", shown(&self.name));
        if let Some(place) = &self.place {
            let _ = write!(out, " file=\"{}\"", shown(&place.path));
            if let Some(line) = place.line {
                let _ = write!(out, " line=\"{line}\"");
            }
        }
        out.push_str(">\n");
        let lines: Vec<String> = self.lines.iter().map(|line| shown(line)).collect();
        let lines = lines.join("\n");
        let (element, kind, message) = match &self.result {
            Outcome::Passed => {
                let _ = writeln!(out, "      <system-out>{lines}</system-out>\n    </testcase>");
                return;
            }
            Outcome::Skipped(message) => {
                let _ = writeln!(out, "      <skipped message=\"{}\"/>", shown(message));
                let _ = writeln!(out, "      <system-out>{lines}</system-out>\n    </testcase>");
                return;
            }
            Outcome::Failed(kind, message) => ("failure", *kind, message),
            Outcome::Errored(message) => ("error", "inconclusive", message),
        };
        let message = shown(message);
        let _ = writeln!(
            out,
            "      <{element} type=\"{kind}\" message=\"{message}\">{lines}</{element}>\n    </testcase>"
        );
    }
}
