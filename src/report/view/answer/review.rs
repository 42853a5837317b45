//! The answer where the files do not decide: what may break, and what the release needs if it does.

use super::{Answer, Mark, declaration, made};
use crate::model::{Artifact, Bump, ConnectorReport, Declaration, Finding, Level, Words};
use crate::release::version;
use crate::report::view::phrase::count;
use crate::report::view::{Changes, version_words};

/// The answer where the files do not decide.
pub(super) fn answer(report: &ConnectorReport, changes: &Changes) -> Answer {
    let verdict = &report.verdict;
    let unjudged = report.unjudged.iter().filter(|delta| delta.artifact != Artifact::Metadata).count();
    let open = changes.of_level(Level::Review) + unjudged;
    let is_declared = verdict.declaration == Declaration::Unmatched;
    if open == 0 {
        let entry = report.brought.last().map_or_else(Words::new, |version| version_words(version));
        let rest = Words::marked("no file here shows the break that ").and(&entry);
        let rest = rest.and_text(" declares: explain it in the pull request, or drop the entry");
        return to_review(report, rest.and(&without_entry(report)));
    }
    let what = match unjudged {
        0 => changes.named(Level::Review).unwrap_or_default(),
        _ => Words::from(count(open, "change")),
    };
    let rest = what.and(&needs(report, is_declared, unjudged));
    let unread = if verdict.code_unread { "; code changed and was not read as a whole" } else { "" };
    to_review(report, rest.and_text(unread))
}

/// What the release needs if it breaks users, and what is enough otherwise.
fn needs(report: &ConnectorReport, is_declared: bool, unjudged: usize) -> Words {
    let verdict = &report.verdict;
    let bump = verdict.bump_if_confirmed;
    let made_bump = verdict.actual_bump.filter(|made| *made > Bump::None && *made != Bump::Downgrade);
    let new = || report.new.as_ref().and_then(|side| side.version.as_deref()).map(version_words);
    // A version that is made already fits whether users break or not.
    let is_enough = made_bump.is_some_and(|made| made >= bump);
    let otherwise = |version: &'static str| match (made_bump, verdict.required_bump, verdict.actual_bump) {
        // What was made fits only if the open changes break nobody.
        (Some(made), required, _) if made >= required => match new() {
            Some(version) => Words::marked("; else ").and(&version).and_text(" is enough"),
            None => Words::marked("; else the ").and_text(made.name()).and_text(" version is enough"),
        },
        (_, Bump::None, _) | (_, _, Some(_)) => made(report),
        (_, bump, None) => Words::marked("; else a ").and_text(bump.name()).and_text(version),
    };
    if set_by_policy(report, unjudged) {
        let left = Words::marked(", which the policy file leaves to review");
        return match new().filter(|_| is_enough) {
            Some(version) => left.and_text("; ").and(&version).and_text(" is enough either way"),
            None => left.and(&otherwise(" version")),
        };
    }
    if is_declared {
        let needs_more = bump != Bump::None && !is_enough;
        return match report.brought.last().filter(|_| needs_more) {
            Some(version) => {
                let entry = Words::marked("; if it is what ").and(&version_words(version));
                entry
                    .and_text(" declares, move the entry to ")
                    .and(&fitting(report, bump))
                    .and_text("; else drop it")
            }
            None if report.brought.is_empty() => Words::marked("; this may be the declared break"),
            None => {
                let entry = Words::marked("; this may be the declared break; else explain or drop the entry");
                entry.and(&without_entry(report))
            }
        };
    }
    match bump {
        Bump::None => otherwise(" version"),
        _ if is_enough => {
            let version = new().unwrap_or_else(|| Words::marked("this version"));
            let below = if bump == Bump::Minor { " (enough below 1.0.0)" } else { "" };
            let entry = Words::marked("; if it breaks users, ").and(&version).and_text(below);
            entry.and(&Words::marked(" needs an entry in `breakingChanges`"))
        }
        bump => {
            let old = report.old.as_ref().and_then(|side| side.version.as_deref());
            let declare = if version::minimum(old, bump).is_some() { "declare it in " } else { "" };
            let declare = Words::marked("; if it breaks users, ").and_text(declare);
            declare.and(&fitting(report, bump)).and(&otherwise(" one"))
        }
    }
}

/// Which version is enough once the entry is dropped, because nothing breaks: a major version has to have an entry.
fn without_entry(report: &ConnectorReport) -> Words {
    let verdict = &report.verdict;
    match verdict.actual_bump {
        Some(Bump::Major) if verdict.required_bump <= Bump::Minor => {
            Words::marked(": a minor version is then enough")
        }
        Some(Bump::Minor | Bump::Patch) if verdict.actual_bump >= Some(verdict.required_bump) => {
            match report.new.as_ref().and_then(|side| side.version.as_deref()) {
                Some(version) => Words::marked(": ").and(&version_words(version)).and_text(" is then enough"),
                None => Words::new(),
            }
        }
        _ => Words::new(),
    }
}

/// The version that carries a bump, or its kind where the old version is not known.
fn fitting(report: &ConnectorReport, bump: Bump) -> Words {
    let old = report.old.as_ref().and_then(|side| side.version.as_deref());
    match version::minimum(old, bump) {
        Some(version) => version_words(&version),
        None => Words::marked("a ").and_text(bump.name()).and_text(" version"),
    }
}

/// Whether all that is open is so because the policy file says so.
fn set_by_policy(report: &ConnectorReport, unjudged: usize) -> bool {
    let is_open = |finding: &&Finding| finding.level == Level::Review && finding.waived.is_none();
    let mut open = report.findings.iter().filter(is_open).peekable();
    unjudged == 0 && open.peek().is_some() && open.all(|finding| finding.policy.is_some())
}

/// What is to be reviewed, behind what is wrong with the release.
fn to_review(report: &ConnectorReport, rest: Words) -> Answer {
    match declaration::errors(report) {
        0 => Answer::new(Mark::ToReview, "to review", rest),
        _ => {
            let errors = declaration::and_warnings(report, declaration::named_errors(report), " and ");
            Answer::new(Mark::Undeclared, "to fix", errors.and_text("; to review: ").and(&rest))
        }
    }
}
