//! The answer where users break: what breaks, whether it is declared, and what the release lacks.

use super::{Answer, Mark, declaration, turned};
use crate::model::{Artifact, Bump, ConnectorReport, Declaration, Level, ReportError, Words};
use crate::release::{Draft, breaking, is_declared, is_only_invalid, is_settled, version, warns_nobody};
use crate::report::view::{Changes, phrase, version_words};

/// The answer where users break.
pub(super) fn answer(report: &ConnectorReport, changes: &Changes, most_names: usize) -> Answer {
    if let Some(answer) = of_end(report) {
        return answer;
    }
    let (mark, said) = of_declaration(report, most_names);
    let what = changes.named(Level::Breaking).map_or_else(Words::new, |what| what.and_text("; "));
    let rest = what.and(&said);
    match mark {
        Mark::Undeclared if !is_declared(&report.verdict) => {
            Answer::new(mark, "BREAKING", rest.and_text(turned(report)))
        }
        mark => Answer::new(mark, "breaking", rest),
    }
}

/// The answer where no declaration helps: the connector is removed, or does not start.
fn of_end(report: &ConnectorReport) -> Option<Answer> {
    let rest = match report.new {
        None => "the connector was removed",
        Some(_) if is_only_invalid(&breaking(report)) => "the new version does not start: fix it",
        Some(_) => return None,
    };
    Some(Answer::new(Mark::Undeclared, "BREAKING", Words::marked(rest).and_text(turned(report))))
}

/// Whether the break is declared, and what that lacks.
fn of_declaration(report: &ConnectorReport, most_names: usize) -> (Mark, Words) {
    let verdict = &report.verdict;
    let new = report.new.as_ref().and_then(|side| side.version.as_deref()).unwrap_or("this version");
    let minimum = verdict.minimum_version.as_deref().unwrap_or("a new version");
    let too_small = verdict.actual_bump.is_some_and(|actual| actual < verdict.required_bump);
    let release_it = || {
        let asked = Words::marked("release it as ").and(&version_words(minimum)).and_text(" (it is ");
        let shifted =
            if verdict.required_bump == Bump::Minor { "; below 1.0.0 a break needs a minor" } else { "" };
        asked.and(&version_words(new)).and_text(shifted).and_text(")")
    };
    let errors = declaration::errors(report);
    if is_settled(report) && !is_declared(verdict) {
        let rest = Words::marked("what its declaration lacks is waived");
        return match errors {
            0 => (Mark::Declared, rest),
            _ => (Mark::Undeclared, rest.and_text("; ").and(&declaration::named_errors(report))),
        };
    }
    let undeclared = match verdict.declaration {
        Declaration::Unknown | Declaration::NotNeeded | Declaration::Unmatched => {
            let version = match (verdict.required_bump, verdict.minimum_version.as_deref()) {
                (Bump::Minor, Some(version)) => {
                    Words::new().and_foreign(version).and_text(" (minor, enough below 1.0.0)")
                }
                (_, Some(version)) => Words::new().and_foreign(version),
                (Bump::Minor, None) => Words::marked("a minor version"),
                (_, None) => Words::marked("a major version (0.x: minor)"),
            };
            let is_of_metadata = |error: &ReportError| error.artifact == Some(Artifact::Metadata);
            let why = match report.errors.iter().any(is_of_metadata) {
                true => "metadata.yaml could not be read: needs ",
                false => "no metadata.yaml given: needs ",
            };
            Words::marked(why).and(&version)
        }
        Declaration::Missing if too_small => {
            let version = Words::marked("not declared: ").and(&release_it());
            version.and_text(", with an entry").and(&deadline_action(report))
        }
        // Without the old version nobody knows which version is the next major one.
        Declaration::Missing if verdict.minimum_version.is_none() => Words::marked(
            "not declared: release it as a major version, with an entry for it in `breakingChanges`",
        )
        .and(&deadline_action(report)),
        Declaration::Missing => {
            let version = Words::marked("not declared: ").and(&version_words(new)).and_text(step(report));
            version.and(&Words::marked(" needs an entry in `breakingChanges`")).and(&deadline_action(report))
        }
        Declaration::Incomplete if warns_nobody(report) => {
            let entry = Words::marked("the entry for ").and(&version_words(new));
            entry.and_text(" warns nobody; see its errors")
        }
        Declaration::Incomplete => {
            let lacking = left_out(report, most_names);
            let lacking = if too_small { lacking.and_text("; ").and(&release_it()) } else { lacking };
            declaration::and_warnings(report, lacking.and(&declaration::other_errors(report)), "; ")
        }
        Declaration::Complete | Declaration::Open if !is_declared(verdict) => {
            let step = Words::marked("declared, in too small a step: ").and(&release_it());
            declaration::and_warnings(report, step.and(&declaration::other_errors(report)), "; ")
        }
        Declaration::Complete | Declaration::Open => return of_declared(report, new, errors),
    };
    (Mark::Undeclared, undeclared)
}

/// What is said of a break that is declared in a version that fits.
fn of_declared(report: &ConnectorReport, version: &str, errors: usize) -> (Mark, Words) {
    // An entry for a version between the two declares it as well.
    let has_entry = version::base(version).is_some_and(|version| report.brought.contains(&version));
    let version = report.brought.last().filter(|_| !has_entry).map_or(version, String::as_str);
    let declared = Words::marked("declared in ").and(&version_words(version)).and_text(step(report));
    if errors > 0 {
        let rest = declared.and_text(", with ").and(&declaration::named_errors(report));
        return (Mark::Undeclared, declaration::and_warnings(report, rest, " and "));
    }
    let rest = match report.verdict.declaration {
        Declaration::Complete => declared.and_text(", for everyone known to break"),
        _ => declared.and_text(" for the streams that are known; others may break too"),
    };
    (Mark::Declared, declaration::and_warnings(report, rest, "; "))
}

/// What is to be known of the step of the version that declares a break. That a major version may is clear.
fn step(report: &ConnectorReport) -> &'static str {
    match (report.verdict.actual_bump, report.verdict.required_bump) {
        (Some(Bump::Minor), Bump::Minor) => " (minor, enough below 1.0.0)",
        _ => "",
    }
}

/// Whom the entries leave out.
fn left_out(report: &ConnectorReport, most_names: usize) -> Words {
    let verdict = &report.verdict;
    if verdict.scope.everyone {
        // What to do about it stands behind what would avoid the break.
        let whom = verdict.scope.only.as_ref().map_or_else(|| Words::marked("every user"), phrase::limit);
        return Words::marked("declared for streams only, not for ").and(&whom);
    }
    let names = phrase::names(verdict.undeclared_streams.iter().map(String::as_str), most_names);
    Words::marked("declared, but `scopedImpact` lacks ").and(&names)
}

/// What the platform has to do by the deadline, which tells whether users must act.
fn deadline_action(report: &ConnectorReport) -> Words {
    match Draft::of_break(report) {
        Some(draft) => {
            Words::marked(" (deadlineAction: ").and_text(draft.deadline_action().name()).and_text(")")
        }
        None => Words::new(),
    }
}
