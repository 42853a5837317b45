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

/// The same with how many warnings the release has, where it has some, and what they are about, behind `link`; and that nobody
/// looked at the migration guide, where that is so.
pub(super) fn and_warnings(report: &ConnectorReport, said: Words, link: &'static str) -> Words {
    let warnings: Vec<&Problem> = unwaived(report, Severity::Warning).collect();
    let said = match warnings.len() {
        0 => said,
        count => said.and_text(link).and(&phrase::count(count, "warning").into()).and(&things(&warnings)),
    };
    match report.guided {
        None if !report.brought.is_empty() => said.and_text("; migration guide not seen"),
        _ => said,
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
    let words = Words::new().and_number(problems.len()).and_text(" ").and_text(more).and_text("errors");
    words.and(&things(problems))
}

/// So many things are named.
const MOST_THINGS: usize = 4;

/// What problems are about, in brackets.
fn things(problems: &[&Problem]) -> Words {
    let mut things: Vec<Words> = Vec::new();
    for problem in problems {
        let of_rule =
            || THINGS.iter().find(|(rule, _)| problem.rule.starts_with(rule)).map(|(_, thing)| *thing);
        let in_short = problem.in_short.as_ref().map(Words::foreign);
        let of_check = || rules::find_check(&problem.rule).map(|check| Words::from(lower_first(check.title)));
        let thing = in_short.or_else(|| of_rule().map(Words::marked)).or_else(of_check);
        let Some(thing) = thing else { continue };
        if !things.contains(&thing) {
            things.push(thing);
        }
    }
    if things.is_empty() {
        return Words::new();
    }
    Words::marked(" (").and(&phrase::list_by("; ", things.into_iter(), MOST_THINGS)).and_text(")")
}

/// What checks are about, by the start of their names: what an author looks for in the files.
const THINGS: [(&str, &str); 19] = [
    ("meta-deadline-action", "deadlineAction"),
    ("meta-deadline", "upgradeDeadline"),
    ("meta-message", "message"),
    ("meta-guide", "migration guide"),
    ("meta-scope-not-known", "scopedImpact may lack streams"),
    ("meta-scope-too-wide", "scopedImpact wider than known"),
    ("meta-scope", "scopedImpact"),
    ("meta-changelog", "changelog"),
    ("meta-bump", "dockerImageTag"),
    ("meta-version", "dockerImageTag"),
    ("meta-tag", "tags"),
    ("meta-major-without-entry", "breakingChanges"),
    ("meta-breaking-entry", "breakingChanges"),
    ("meta-entry-without-finding", "entry not proved by these files"),
    ("meta-entry-of-another-version", "entry of another version"),
    ("meta-entry", "the entry itself"),
    ("meta-allowed-hosts", "allowedHosts"),
    ("meta-rollout", "rollout"),
    ("meta-page", "documentationUrl"),
];

/// What a problem says, or its check in general where that is long.
fn said(problem: &Problem) -> Words {
    if problem.message.chars().count() <= LONGEST_MESSAGE {
        return Words::new().and_foreign(&problem.message);
    }
    rules::find_check(&problem.rule).map_or_else(Words::new, |check| Words::from(lower_first(check.title)))
}
