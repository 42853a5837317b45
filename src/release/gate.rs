//! Whether a report passes: the one place that decides what the exit code of `check` is, and why.

use super::{breaking, is_only_invalid, is_settled};
use crate::model::{ConnectorReport, Level, Outcome, Severity};
use crate::policy::FailOn;

/// Whether a report passes, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gate {
    /// What was asked.
    pub fail_on: FailOn,
    /// Whether the policy file asks it, and nobody on the command line.
    pub by_policy: bool,
    /// What decides.
    pub because: Because,
}

/// What decides whether a report passes. What comes first wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// Something that is there cannot be read.
    Unreadable,
    /// The sides have nothing in common to compare.
    NothingToCompare,
    /// Users break, and that is what was asked about.
    Breaks,
    /// Users break, and the release does not declare it well enough.
    BreaksUndeclared,
    /// The declaration has so many errors.
    Declaration {
        /// How many.
        errors: usize,
    },
    /// Something is left to decide.
    Open,
    /// Users break, and the release declares it, or what the declaration lacks is waived.
    Declared,
    /// Users break, and nobody asked to fail.
    Ignored,
    /// Nothing that was asked about was found.
    Clean,
}

impl Because {
    /// Whether the report passes: `None` where it could not be decided.
    pub fn passes(self) -> Option<bool> {
        match self {
            Self::Unreadable | Self::NothingToCompare => None,
            Self::Breaks | Self::BreaksUndeclared | Self::Declaration { .. } | Self::Open => Some(false),
            Self::Declared | Self::Ignored | Self::Clean => Some(true),
        }
    }
}

impl Gate {
    /// The gate of a report.
    pub fn of(report: &ConnectorReport, fail_on: FailOn) -> Self {
        Self { fail_on, by_policy: false, because: because(report, fail_on) }
    }

    /// Whether findings of a level keep a report from passing; where something could not be read, whether they would.
    pub fn fails_by(self, level: Level) -> bool {
        match (self.fail_on, level) {
            (FailOn::Breaking | FailOn::Review, Level::Breaking) | (FailOn::Review, Level::Review) => true,
            (FailOn::Undeclared, Level::Breaking) => {
                !matches!(self.because, Because::Declared | Because::Declaration { .. })
            }
            _ => false,
        }
    }

    /// The same of what is wrong with the release.
    pub fn fails_by_problem(self, level: Severity) -> bool {
        self.fail_on == FailOn::Undeclared && level == Severity::Error
    }
}

fn because(report: &ConnectorReport, fail_on: FailOn) -> Because {
    let verdict = &report.verdict;
    if !report.errors.is_empty() {
        return Because::Unreadable;
    }
    if verdict.outcome == Outcome::Inconclusive {
        return Because::NothingToCompare;
    }
    let breaks = verdict.outcome == Outcome::Breaking;
    let is_error =
        |problem: &&crate::model::Problem| problem.level == Severity::Error && problem.waived.is_none();
    let errors = report.problems.iter().filter(is_error).count();
    match fail_on {
        FailOn::Never if breaks => Because::Ignored,
        FailOn::Never => Because::Clean,
        FailOn::Breaking | FailOn::Review if breaks => Because::Breaks,
        FailOn::Review if verdict.outcome == Outcome::Review => Because::Open,
        // What does not start is to be mended, whatever is declared.
        FailOn::Undeclared if breaks && (!is_settled(report) || is_only_invalid(&breaking(report))) => {
            Because::BreaksUndeclared
        }
        FailOn::Undeclared if errors > 0 => Because::Declaration { errors },
        FailOn::Undeclared if breaks => Because::Declared,
        FailOn::Breaking | FailOn::Review | FailOn::Undeclared => Because::Clean,
    }
}
