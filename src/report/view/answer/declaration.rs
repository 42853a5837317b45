//! What is wrong with what a release declares, in a few words.

use crate::model::{ConnectorReport, Problem, Severity, Words};
use crate::report::view::{lower_first, phrase};
use crate::rules::{self, Check, release as checks};

/// Errors that the answer tells in its own words.
const TOLD: [&Check; 5] = [
    &checks::meta_breaking_entry_missing::CHECK,
    &checks::meta_scope_misses_stream::CHECK,
    &checks::meta_scope_with_global_finding::CHECK,
    &checks::meta_bump_too_small::CHECK,
    &checks::meta_version_not_bumped::CHECK,
];

/// A message that is longer is told by the title of its check.
const LONGEST_MESSAGE: usize = 150;

fn unwaived(report: &ConnectorReport, level: Severity) -> impl Iterator<Item = &Problem> {
    report.problems.iter().filter(move |one| one.level == level && one.waived.is_none())
}

/// How many errors a release has.
pub(super) fn errors(report: &ConnectorReport) -> usize {
    unwaived(report, Severity::Error).count()
}

/// The same with how many warnings the release has, where it has some, behind `link`.
pub(super) fn and_warnings(report: &ConnectorReport, said: Words, link: &'static str) -> Words {
    match unwaived(report, Severity::Warning).count() {
        0 => said,
        warnings => said.and_text(link).and(&phrase::count(warnings, "warning").into()),
    }
}

/// The errors of a release: `an error: …`, or `2 errors (…)`, with what the first ones are.
pub(super) fn named_errors(report: &ConnectorReport) -> Words {
    named(&unwaived(report, Severity::Error).collect::<Vec<_>>(), "")
}

/// The errors besides those that the answer tells in its own words, after a semicolon; empty where there are none.
pub(super) fn other_errors(report: &ConnectorReport) -> Words {
    let is_told = |problem: &&Problem| TOLD.iter().any(|check| check.id == problem.rule);
    let others: Vec<&Problem> =
        unwaived(report, Severity::Error).filter(|problem| !is_told(problem)).collect();
    if others.is_empty() { Words::new() } else { Words::marked("; ").and(&named(&others, "more ")) }
}

fn named(problems: &[&Problem], more: &'static str) -> Words {
    if let [problem] = problems {
        let article = if more.is_empty() { "an error: " } else { "one more error: " };
        return Words::marked(article).and(&said(problem));
    }
    let mut titles: Vec<&'static str> =
        problems.iter().filter_map(|problem| Some(rules::find_check(&problem.rule)?.title)).collect();
    titles.dedup();
    let words = Words::new().and_number(problems.len()).and_text(" ").and_text(more).and_text("errors");
    let titled = |title: &&'static str| Words::from(lower_first(title));
    match titles.as_slice() {
        [] => words,
        [only] => words.and_text(" (").and(&titled(only)).and_text(")"),
        [one, other] => {
            words.and_text(" (").and(&titled(one)).and_text(", ").and(&titled(other)).and_text(")")
        }
        [first, ..] => words.and_text(" (the first: ").and(&titled(first)).and_text(")"),
    }
}

/// What a problem says, or its check in general where that is long.
fn said(problem: &Problem) -> Words {
    if problem.message.chars().count() <= LONGEST_MESSAGE {
        return Words::new().and_foreign(&problem.message);
    }
    rules::find_check(&problem.rule).map_or_else(Words::new, |check| Words::from(lower_first(check.title)))
}
