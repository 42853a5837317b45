//! The answer, in a word and a line.

use super::phrase::{self, count};
use super::{Asked, Changes, equivalence, lower_first, version_words};
use crate::model::{
    Artifact, Bump, ConnectorReport, Coverage, CoverageStatus, Declaration, Finding, Level, Outcome, Problem,
    Severity, Words,
};
use crate::release::{breaking, is_declared, is_only_invalid, is_settled, warns_nobody};
use crate::rules::{self, Check, release as checks};

/// The first line of a report, after the connector's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// How it is to be taken.
    pub mark: Mark,
    /// The answer in a word or two.
    pub word: &'static str,
    /// The rest of the line.
    pub rest: Words,
}

/// How an answer is to be taken. It agrees with what the default gate does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Nobody breaks.
    Fine,
    /// Users break, and the release declares it.
    Declared,
    /// Something is to be decided.
    ToReview,
    /// Users break, and the release does not declare it well enough.
    Undeclared,
    /// What is there could not be read or compared.
    Unread,
}

impl Mark {
    /// What a reader has to see first has the lowest number.
    pub fn rank(self) -> u8 {
        match self {
            Self::Undeclared => 0,
            Self::Unread => 1,
            Self::ToReview => 2,
            Self::Declared => 3,
            Self::Fine => 4,
        }
    }
}

impl Answer {
    /// The answer to what is asked.
    pub(super) fn of(
        report: &ConnectorReport,
        asked: Asked,
        changes: &Changes,
        blind_spots: &[String],
    ) -> Self {
        let most_names = asked.most_names();
        let answer = match asked.equivalent {
            true if !report.errors.is_empty() => return unread(report),
            true => equivalence::answer(report),
            false => of_break(report, changes, blind_spots, most_names),
        };
        let ignored = report.summary.ignored;
        let answer = match ignored {
            0 => answer,
            _ => {
                let rest = answer.rest.and_text("; ").and(&count(ignored, "finding").into());
                Self { rest: rest.and_text(" left out by the policy file"), ..answer }
            }
        };
        // What could not be read decides the exit code, whatever else was found.
        let errors = report.errors.len();
        if errors == 0 || answer.mark == Mark::Unread {
            return answer;
        }
        let rest =
            answer.rest.and_text("; ").and(&count(errors, "error").into()).and_text(" in what was read");
        Self { mark: Mark::Unread, rest, ..answer }
    }

    pub(super) fn new(mark: Mark, word: &'static str, rest: impl Into<Words>) -> Self {
        Self { mark, word, rest: rest.into() }
    }
}

/// The one line that answers whether users break.
fn of_break(
    report: &ConnectorReport,
    changes: &Changes,
    blind_spots: &[String],
    most_names: usize,
) -> Answer {
    let verdict = &report.verdict;
    let answer = match verdict.outcome {
        Outcome::Breaking => {
            if let Some(answer) = of_end(report) {
                return answer;
            }
            let answer = of_breaking(report, most_names);
            match changes.of_level(Level::Review) {
                0 => answer,
                open => {
                    let open = Words::from(count(open, "change")).and_text(" to review");
                    Answer { rest: answer.rest.and_text("; ").and(&open), ..answer }
                }
            }
        }
        Outcome::Inconclusive if report.errors.is_empty() => {
            return Answer::new(
                Mark::Unread,
                "nothing to compare",
                Words::marked(
                    "the two sides share no spec, catalog or state; name a connector directory on each side, or two \
                     files of one kind",
                ),
            );
        }
        Outcome::Inconclusive => return unread(report),
        Outcome::Review => of_review(report, changes),
        Outcome::Compatible => of_compatible(report),
    };
    if blind_spots.is_empty() || report.old.is_none() {
        return answer;
    }
    let unseen = match verdict.build_changed {
        // What is built from the same files writes the same, but for what it is built with, and nobody saw what that is.
        Some(false) => report.coverage.iter().filter(|one| is_unseen_format(one)).map(not_seen).collect(),
        _ => blind_spots.to_vec(),
    };
    if unseen.is_empty() {
        return answer;
    }
    // What was not seen belongs to the answer: nobody may take it for "nothing there".
    let mut unseen = unseen.join(", ");
    unseen.insert_str(0, "; ");
    Answer { rest: answer.rest.and(&Words::from(unseen)), ..answer }
}

/// Whether neither side shows what a destination writes.
fn is_unseen_format(coverage: &Coverage) -> bool {
    let sides = [coverage.old, coverage.new];
    coverage.artifact == Artifact::Destination && sides == [CoverageStatus::Absent; 2]
}

fn not_seen(coverage: &Coverage) -> String {
    format!("{} not seen", coverage.subject())
}

fn unread(report: &ConnectorReport) -> Answer {
    let errors = count(report.errors.len(), "error");
    Answer::new(Mark::Unread, "could not be read", format!("{errors}, see below"))
}

/// How many errors the release has besides what it declares of a break.
fn release_errors(report: &ConnectorReport) -> usize {
    let is_error = |one: &&Problem| one.level == Severity::Error && one.waived.is_none();
    report.problems.iter().filter(is_error).count()
}

/// How many errors the release has besides those that the answer tells in its own words.
fn other_errors(report: &ConnectorReport) -> Words {
    const TOLD: [&Check; 4] = [
        &checks::meta_scope_misses_stream::CHECK,
        &checks::meta_scope_with_global_finding::CHECK,
        &checks::meta_bump_too_small::CHECK,
        &checks::meta_version_not_bumped::CHECK,
    ];
    let is_other = |one: &&Problem| {
        let is_told = TOLD.iter().any(|check| check.id == one.rule);
        one.level == Severity::Error && one.waived.is_none() && !is_told
    };
    match report.problems.iter().filter(is_other).count() {
        0 => Words::new(),
        others => Words::marked("; ").and(&count(others, "more error").into()),
    }
}

/// How many warnings the release has.
fn release_warnings(report: &ConnectorReport) -> usize {
    let is_warning = |one: &&Problem| one.level == Severity::Warning && one.waived.is_none();
    report.problems.iter().filter(is_warning).count()
}

/// What the first error of a release is: what it says, or its check in general where that is long.
fn error(report: &ConnectorReport) -> Words {
    const LONGEST: usize = 110;
    let is_error = |one: &&Problem| one.level == Severity::Error && one.waived.is_none();
    let Some(problem) = report.problems.iter().find(is_error) else { return Words::marked("see below") };
    if problem.message.chars().count() <= LONGEST {
        return Words::new().and_foreign(&problem.message);
    }
    rules::find_check(&problem.rule).map_or_else(Words::new, |check| Words::from(lower_first(check.title)))
}

/// The version of the new side, and the least one that fits.
fn versions(report: &ConnectorReport) -> (Option<&str>, Option<&str>) {
    let new = report.new.as_ref().and_then(|side| side.version.as_deref());
    (new, report.verdict.minimum_version.as_deref())
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

/// What is said where the version went down.
fn turned(report: &ConnectorReport) -> &'static str {
    match report.verdict.actual_bump {
        Some(Bump::Downgrade) => "; NEW is older than OLD: are they swapped?",
        _ => "",
    }
}

/// Whether the version that declares a break is the one that it needs.
fn step(report: &ConnectorReport) -> &'static str {
    match (report.verdict.actual_bump, report.verdict.required_bump) {
        (Some(Bump::Major), Bump::Major) => " (major, as needed)",
        (Some(Bump::Minor), Bump::Minor) => " (minor, enough below 1.0.0)",
        (Some(Bump::Major), Bump::Minor) => " (major; below 1.0.0 a minor is enough)",
        _ => "",
    }
}

/// Whom the entries leave out.
fn left_out(report: &ConnectorReport, most_names: usize) -> Words {
    let verdict = &report.verdict;
    if verdict.scope.everyone {
        return Words::marked("declared, but it is not limited to streams: drop `scopedImpact`");
    }
    let names = phrase::names(verdict.undeclared_streams.iter().map(String::as_str), most_names);
    Words::marked("declared, but `scopedImpact` lacks ").and(&names)
}

fn of_breaking(report: &ConnectorReport, most_names: usize) -> Answer {
    let verdict = &report.verdict;
    let (new, minimum) = versions(report);
    let (new, minimum) = (new.unwrap_or("this version"), minimum.unwrap_or("a new version"));
    let too_small = verdict.actual_bump.is_some_and(|actual| actual < verdict.required_bump);
    let release_it = || {
        let asked = Words::marked("release it as ").and(&version_words(minimum)).and_text(" (it is ");
        let shifted =
            if verdict.required_bump == Bump::Minor { "; below 1.0.0 a break needs a minor" } else { "" };
        asked.and(&version_words(new)).and_text(shifted).and_text(")")
    };
    let undeclared = |rest: Words| Answer::new(Mark::Undeclared, "BREAKING", rest.and_text(turned(report)));
    if is_settled(report) && !is_declared(verdict) {
        let rest = Words::marked("what its declaration lacks is waived");
        let errors = release_errors(report);
        return match errors {
            0 => Answer::new(Mark::Declared, "breaking", rest),
            _ => undeclared(rest.and_text("; ").and(&count(errors, "error").into())),
        };
    }
    match verdict.declaration {
        Declaration::Unknown | Declaration::NotNeeded | Declaration::Unmatched => {
            let needs = match (verdict.required_bump, verdict.minimum_version.as_deref()) {
                (Bump::Minor, Some(version)) => {
                    Words::marked("a minor version (below 1.0.0): ").and_foreign(version)
                }
                (_, Some(version)) => Words::marked("a major version: ").and_foreign(version),
                (Bump::Minor, None) => Words::marked("a minor version"),
                (_, None) => Words::marked("a major version (minor below 1.0.0)"),
            };
            let needs = Words::marked("release it as ").and(&needs);
            undeclared(needs.and_text(" and declare it; no metadata.yaml was seen"))
        }
        Declaration::Missing if too_small => undeclared(Words::marked("not declared: ").and(&release_it())),
        // Without the old version nobody knows which version is the next major one.
        Declaration::Missing if verdict.minimum_version.is_none() => undeclared(Words::marked(
            "not declared: release it as a major version, with an entry for it in `breakingChanges`",
        )),
        Declaration::Missing => {
            let version = version_words(new).and_text(step(report));
            let entry = Words::marked("not declared: ").and(&version);
            undeclared(entry.and(&Words::marked(" needs an entry in `breakingChanges`")))
        }
        Declaration::Incomplete if warns_nobody(report) => {
            let entry = Words::marked("the entry for ").and(&version_words(new));
            undeclared(entry.and_text(" warns nobody; see its errors"))
        }
        Declaration::Incomplete => {
            let lacking = left_out(report, most_names);
            let lacking = if too_small { lacking.and_text("; ").and(&release_it()) } else { lacking };
            undeclared(lacking.and(&other_errors(report)))
        }
        Declaration::Complete | Declaration::Open if !is_declared(verdict) => {
            let step = Words::marked("declared, in too small a step: ").and(&release_it());
            undeclared(step.and(&other_errors(report)))
        }
        Declaration::Complete | Declaration::Open => {
            let errors = release_errors(report);
            let declared = Words::marked("declared in ").and(&version_words(new)).and_text(step(report));
            let rest = match (errors, verdict.declaration) {
                (0, Declaration::Complete) => declared.and_text(", for everyone known to break"),
                (0, _) => declared.and_text(" for the streams that are known; others may break too"),
                (1, _) => declared.and_text(", with an error: ").and(&error(report)),
                (errors, _) => {
                    declared.and_text(", with ").and_number(errors).and_text(" errors in the declaration")
                }
            };
            // What is wrong comes first; the others stand below it.
            let rest = match release_warnings(report) {
                0 => rest,
                _ if errors > 0 => rest,
                warnings => rest.and_text(", and ").and(&count(warnings, "warning").into()),
            };
            let mark = if errors == 0 { Mark::Declared } else { Mark::Undeclared };
            Answer::new(mark, "breaking", rest)
        }
    }
}

/// What a version that moved, or did not, is to a change that breaks nobody.
fn made(report: &ConnectorReport) -> Words {
    let verdict = &report.verdict;
    let minimum = || match verdict.minimum_version.as_deref() {
        Some(version) => Words::marked(": ").and_foreign(version).and_text(" fits"),
        None => Words::new(),
    };
    match verdict.actual_bump {
        None => Words::new(),
        Some(Bump::Downgrade) => Words::marked("; the version went down").and(&minimum()),
        Some(Bump::None) if verdict.required_bump == Bump::None => Words::new(),
        Some(Bump::None) => Words::marked("; the version did not move").and(&minimum()),
        Some(actual) if actual < verdict.required_bump => {
            let made = Words::marked("; the ").and_text(actual.name());
            made.and_text(" version is too small").and(&minimum())
        }
        Some(Bump::Major) if verdict.required_bump < Bump::Major => {
            Words::marked("; the version is a major one")
        }
        Some(actual) => Words::marked("; the ").and_text(actual.name()).and_text(" version is enough"),
    }
}

fn of_compatible(report: &ConnectorReport) -> Answer {
    let verdict = &report.verdict;
    let unread = verdict.code_unread;
    let said = match verdict.required_bump {
        _ if report.old.is_none() => "a new connector, which nobody uses yet",
        _ if report.summary.waived > 0 => "nothing breaks besides what is waived",
        Bump::None if verdict.other_cdk => {
            "no file of the connector changed, and it is built with another version of the CDK"
        }
        _ if verdict.build_changed == Some(false) && verdict.required_bump == Bump::None => {
            "nothing that builds the connector changed"
        }
        Bump::None if unread => "no break found; code changed and was not read as a whole",
        Bump::None => "nothing that users notice",
        Bump::Minor if unread => {
            "no break found, and things were added; code changed and was not read as a whole"
        }
        Bump::Minor => "things were added, and nothing breaks",
        _ if unread => "no break found; code changed and was not read as a whole",
        _ => "small changes, and nothing breaks",
    };
    let said = Words::marked(said);
    let made = made(report);
    let needs = match (verdict.required_bump, verdict.actual_bump) {
        (Bump::None, _) | (_, Some(_)) => Words::new(),
        (bump, None) => Words::marked("; needs a ").and_text(bump.name()).and_text(" version"),
    };
    let rest = said.and(&needs).and(&made);
    match release_errors(report) {
        0 => Answer::new(Mark::Fine, "ok", rest),
        errors => {
            let errors = Words::from(count(errors, "error")).and_text(" in what the release declares; ");
            Answer::new(Mark::Undeclared, "to fix", errors.and(&rest))
        }
    }
}

/// The answer where the files do not decide.
fn of_review(report: &ConnectorReport, changes: &Changes) -> Answer {
    let verdict = &report.verdict;
    let unjudged = report.unjudged.iter().filter(|delta| delta.artifact != Artifact::Metadata).count();
    let open = changes.of_level(Level::Review) + unjudged;
    let declared = verdict.declaration == Declaration::Unmatched;
    if open == 0 {
        let entry = report.brought.last().map_or_else(Words::new, |version| version_words(version));
        let rest = Words::marked("no file here shows the break that ").and(&entry);
        return to_review(report, rest.and_text(" declares: ask what breaks"));
    }
    let is_open = |finding: &&Finding| finding.level == Level::Review && finding.waived.is_none();
    let mut by_policy = report.findings.iter().filter(is_open).peekable();
    let set_by_policy =
        unjudged == 0 && by_policy.peek().is_some() && by_policy.all(|finding| finding.policy.is_some());
    let mut rules: Vec<&str> = report.findings.iter().filter(is_open).map(|one| one.rule.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    // Whether a break happened that its rule finds is what is to be reviewed.
    let title = |rule: &str| match rules::find(rule) {
        Some(rule) if rule.level == Level::Breaking => format!("possibly {}", lower_first(rule.title)),
        Some(rule) => lower_first(rule.title),
        None => String::new(),
    };
    let what = match (rules.as_slice(), unjudged) {
        ([rule], 0) => Words::from(title(rule)),
        ([one, other], 0) => Words::from(format!("{}, and {}", title(one), title(other))),
        _ => Words::from(count(open, "change")),
    };
    let bump = verdict.bump_if_confirmed;
    // A version that is made already fits whether users break or not.
    let is_enough = verdict.actual_bump.is_some_and(|made| made > Bump::None && made >= bump);
    let what = match bump {
        _ if set_by_policy => what.and_text(" that the policy file leaves to review"),
        _ if bump == Bump::None || declared && is_enough => what,
        bump if declared => what.and_text(" (if users break: ").and_text(bump.name()).and_text(")"),
        _ if is_enough => what.and_text(" (to be declared if users break)"),
        bump => what.and_text(" (if users break: ").and_text(bump.name()).and_text(match bump {
            Bump::Minor => " (enough below 1.0.0) and declared)",
            _ => " and declared)",
        }),
    };
    let rest = match (declared, verdict.required_bump) {
        (true, _) => Words::marked("; this may be the declared break"),
        (false, _) if is_enough => {
            let made = verdict.actual_bump.map_or("", Bump::name);
            let below = if bump == Bump::Minor { "; below 1.0.0 the " } else { "; the " };
            Words::marked(below).and_text(made).and_text(" version is enough either way")
        }
        // What was made fits only if the open changes break nobody.
        (false, required)
            if verdict.actual_bump.is_some_and(|made| made > Bump::None && made >= required) =>
        {
            let made = verdict.actual_bump.map_or("", Bump::name);
            Words::marked("; else the ").and_text(made).and_text(" version is enough")
        }
        (false, Bump::None) => made(report),
        (false, bump) if verdict.actual_bump.is_none() => {
            Words::marked("; else a ").and_text(bump.name()).and_text(" version")
        }
        (false, _) => made(report),
    };
    let unread = if verdict.code_unread { "; code changed and was not read as a whole" } else { "" };
    let rest = what.and(&rest).and_text(unread);
    to_review(report, rest)
}

/// What is to be reviewed, behind what is wrong with the release.
fn to_review(report: &ConnectorReport, rest: Words) -> Answer {
    match release_errors(report) {
        0 => Answer::new(Mark::ToReview, "to review", rest),
        errors => {
            let errors = match errors {
                1 => error(report),
                errors => Words::from(count(errors, "error")).and_text(" in what the release declares"),
            };
            Answer::new(Mark::Undeclared, "to fix", errors.and_text("; to review: ").and(&rest))
        }
    }
}
