//! The answer, in a word and a line.

use super::Asked;
use super::phrase::count;
use crate::model::{
    Artifact, Bump, ConnectorReport, CoverageStatus, Declaration, Level, Outcome, StateEvidence,
};

/// The first line of a report, after the connector's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// How it is to be taken.
    pub mark: Mark,
    /// The answer in a word.
    pub word: &'static str,
    /// The rest of the line.
    pub rest: String,
}

/// How an answer is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// As good news.
    Fine,
    /// With care: something is to be decided, or could not be seen.
    Open,
    /// As bad news.
    Bad,
}

impl Answer {
    /// The answer to what is asked.
    pub(super) fn of(report: &ConnectorReport, asked: Asked) -> Self {
        let answer = if asked.equivalent { of_equivalence(report) } else { of_break(report) };
        let mark = match (asked.equivalent, report.verdict.equivalent, report.verdict.outcome) {
            (true, Some(true), _) | (false, _, Outcome::Compatible) => Mark::Fine,
            (true, Some(false), _) | (false, _, Outcome::Breaking) => Mark::Bad,
            (true, None, _) | (false, _, Outcome::Review | Outcome::Inconclusive) => Mark::Open,
        };
        Self { mark, ..answer }
    }

    fn new(word: &'static str, rest: impl Into<String>) -> Self {
        Self { mark: Mark::Open, word, rest: rest.into() }
    }
}

/// The one line that answers whether users break.
fn of_break(report: &ConnectorReport) -> Answer {
    let verdict = &report.verdict;
    let needs = needs(report);
    let made = match verdict.actual_bump {
        None => String::new(),
        Some(Bump::None) => ", the version did not move".to_owned(),
        Some(Bump::Downgrade) => ", the version went down".to_owned(),
        Some(bump) => format!(", {} made", bump.name()),
    };
    let declared = match verdict.declaration {
        Declaration::NotNeeded | Declaration::Unknown => "",
        Declaration::Complete => ", declared",
        Declaration::Open => ", declared for the streams that are known",
        Declaration::Incomplete => ", declared for too few",
        Declaration::Missing => ", not declared",
        Declaration::Unmatched => "; the declared break cannot be confirmed from these files",
    };
    match verdict.outcome {
        Outcome::Breaking => Answer::new("breaking", format!("{needs}{made}{declared}")),
        Outcome::Review => of_review(report, &format!("{needs}{made}{declared}")),
        Outcome::Compatible
            if verdict.build_changed == Some(false) && verdict.required_bump == Bump::None =>
        {
            Answer::new("compatible", format!("nothing that builds the connector changed{made}"))
        }
        Outcome::Compatible => {
            let unread = verdict.code_unread && verdict.required_bump != Bump::None;
            let unread = if unread { "; code changed and was not read as a whole" } else { "" };
            Answer::new("compatible", format!("{needs}{made}{declared}{unread}"))
        }
        Outcome::Inconclusive if report.errors.is_empty() => Answer::new(
            "inconclusive",
            "the two sides share no spec, catalog or state to compare; name a connector directory on each side, or \
             two files of one kind",
        ),
        Outcome::Inconclusive => Answer::new("inconclusive", "what is there cannot be read"),
    }
}

/// The bump that the change needs.
fn needs(report: &ConnectorReport) -> String {
    let verdict = &report.verdict;
    let old = report.old.as_ref().and_then(|side| side.version.as_deref());
    // Below 1.0.0 a break asks for a minor version, which surprises whoever expects a major one.
    let shifted = old.is_some_and(|version| version.starts_with("0."))
        && verdict.required_bump == Bump::Minor
        && verdict.outcome == Outcome::Breaking;
    match (verdict.required_bump, &verdict.minimum_version) {
        (Bump::None, _) if verdict.code_unread => {
            "no bump known to be needed, since code changed and was not read as a whole".to_owned()
        }
        (Bump::None, _) => "no bump needed".to_owned(),
        (bump, Some(version)) if shifted => {
            format!("needs a {} bump ({version}, since it is below 1.0.0)", bump.name())
        }
        (bump, Some(version)) => format!("needs a {} bump ({version})", bump.name()),
        (bump, None) => format!("needs a {} bump", bump.name()),
    }
}

/// The answer where the files do not decide. `otherwise` is what holds if nothing breaks.
fn of_review(report: &ConnectorReport, otherwise: &str) -> Answer {
    let verdict = &report.verdict;
    let unjudged = report.unjudged.iter().filter(|delta| delta.artifact != Artifact::Metadata).count();
    let open = report.summary.review + unjudged;
    let (what, they) = match open {
        0 => {
            return Answer::new(
                "review",
                "a breaking change is declared and cannot be confirmed from these files",
            );
        }
        1 => ("1 change".to_owned(), "it breaks"),
        more => (format!("{more} changes"), "they break"),
    };
    let by_policy = report.findings.iter().filter(|finding| finding.level == Level::Review);
    if unjudged == 0
        && by_policy.clone().count() > 0
        && by_policy.clone().all(|finding| finding.policy.is_some())
    {
        return Answer::new(
            "review",
            format!("{what} left to review by the policy file; otherwise {otherwise}"),
        );
    }
    let if_confirmed = match verdict.bump_if_confirmed {
        bump if bump > verdict.required_bump => format!(" ({} bump if {they})", bump.name()),
        _ => String::new(),
    };
    Answer::new(
        "review",
        format!("{what} cannot be decided from these files{if_confirmed}; otherwise {otherwise}"),
    )
}

/// The answer to whether the sides are equivalent.
fn of_equivalence(report: &ConnectorReport) -> Answer {
    let summary = &report.summary;
    match report.verdict.equivalent {
        Some(true) => {
            let seen = |artifact: Artifact| {
                report
                    .coverage
                    .iter()
                    .any(|coverage| coverage.artifact == artifact && coverage.old != CoverageStatus::Absent)
            };
            // Two manifests show their requests; what a connector printed shows none.
            let by_manifests =
                report.states.iter().any(|state| state.forward.evidence == StateEvidence::Manifests);
            match (seen(Artifact::Spec), seen(Artifact::Catalog)) {
                (true, true) if by_manifests => Answer::new("equivalent", "nothing above cosmetic differs"),
                (true, true) => Answer::new(
                    "equivalent",
                    "nothing above cosmetic differs in spec and catalog; requests, pages and saved state cannot be \
                     compared, since they are not in the files of both sides",
                ),
                (false, _) => Answer::new(
                    "equivalent",
                    "nothing above cosmetic differs in the catalog; neither side has a spec",
                ),
                (true, false) => Answer::new(
                    "equivalent",
                    "nothing above cosmetic differs in the spec; neither side has a catalog",
                ),
            }
        }
        Some(false) => {
            let differing = summary.breaking + summary.review + summary.safe;
            Answer::new("not equivalent", format!("{} above cosmetic", count(differing.max(1), "finding")))
        }
        None => {
            let partial = report.coverage.iter().filter(|coverage| {
                let whole = coverage.old == coverage.new && coverage.old != CoverageStatus::Partial;
                matches!(coverage.artifact, Artifact::Spec | Artifact::Catalog) && !whole
            });
            let named: Vec<String> = partial.map(|coverage| coverage.artifact.to_string()).collect();
            match named.as_slice() {
                [] => Answer::new("unknown", "not everything could be compared, so equivalence is not shown"),
                named => Answer::new(
                    "unknown",
                    format!(
                        "nothing that could be compared differs, and the {} cannot be seen whole on both sides \
                         (-v says why)",
                        named.join(" and the ")
                    ),
                ),
            }
        }
    }
}
