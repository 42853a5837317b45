//! The answer, in a word and a line.

mod breaking;
mod declaration;
mod review;

use super::phrase::count;
use super::{Asked, Changes, equivalence};
use crate::model::{
    Artifact, Bump, ConnectorReport, Coverage, CoverageStatus, Declaration, Level, Outcome, SideInfo, Words,
};
use crate::release;

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
                let rest = rest.and_text(" left out by the policy file");
                Self { rest, ..answer }
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
            let answer = breaking::answer(report, changes, most_names);
            // Nothing else counts where the connector is removed, or does not start.
            if report.new.is_none() || release::is_only_invalid(&release::breaking(report)) {
                return answer;
            }
            match changes.named(Level::Review) {
                None => answer,
                Some(open) => Answer { rest: answer.rest.and_text("; to review: ").and(&open), ..answer },
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
        Outcome::Review => review::answer(report, changes),
        Outcome::Compatible => of_compatible(report, blind_spots.is_empty()),
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

/// What is said where the version went down.
fn turned(report: &ConnectorReport) -> &'static str {
    match report.verdict.actual_bump {
        Some(Bump::Downgrade) => "; NEW is older than OLD: are they swapped?",
        _ => "",
    }
}

fn unread(report: &ConnectorReport) -> Answer {
    let errors = count(report.errors.len(), "error");
    Answer::new(Mark::Unread, "could not be read", format!("{errors}, see below"))
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

/// `is_seen` says whether all was seen that a break may hide in.
fn of_compatible(report: &ConnectorReport, is_seen: bool) -> Answer {
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
        Bump::None if is_seen => "nothing that users notice",
        Bump::None => "no break found",
        Bump::Minor if unread => {
            "no break found, and things were added; code changed and was not read as a whole"
        }
        Bump::Minor if is_seen => "things were added, and nothing breaks",
        Bump::Minor => "things were added, no break found",
        _ if unread => "no break found; code changed and was not read as a whole",
        _ if is_seen => "small changes, and nothing breaks",
        _ => "small changes, no break found",
    };
    let said = Words::marked(said);
    let made = made(report);
    let needs = match (verdict.required_bump, verdict.actual_bump) {
        (Bump::None, _) | (_, Some(_)) => Words::new(),
        (bump, None) => Words::marked("; needs a ").and_text(bump.name()).and_text(" version"),
    };
    let is_unchecked = verdict.declaration == Declaration::Unknown && report.old.is_some();
    let has_version = |side: &Option<SideInfo>| side.as_ref().map(|side| side.version.is_some());
    let is_step_unknown = has_version(&report.old) == Some(false) && has_version(&report.new) == Some(true);
    let needs = match (is_unchecked, needs.is_empty()) {
        (false, _) if is_step_unknown => needs.and_text("; step of the version not checked: no old version"),
        (false, _) => needs,
        (true, true) => needs.and_text("; version and declaration not checked: no metadata.yaml"),
        (true, false) => needs.and_text(" (no metadata.yaml)"),
    };
    let rest = said.and(&needs).and(&made);
    match declaration::errors(report) {
        0 => Answer::new(Mark::Fine, "ok", rest),
        _ => {
            let errors = declaration::named_errors(report);
            Answer::new(Mark::Undeclared, "to fix", errors.and_text("; ").and(&rest))
        }
    }
}
