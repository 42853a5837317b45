//! The sentences that every format shares.

use crate::model::{Bump, ConnectorReport, CoverageStatus, Declaration, Outcome, Scope, SideInfo};

/// Names listed before "and N more".
const MOST_NAMES: usize = 8;

/// `source-x 1.2.3 → 1.3.0`.
pub(super) fn title(report: &ConnectorReport) -> String {
    let version = |side: &Option<SideInfo>| side.as_ref().and_then(|side| side.version.clone());
    match (version(&report.old), version(&report.new)) {
        (Some(old), Some(new)) => format!("{} {old} → {new}", report.name),
        _ => report.name.clone(),
    }
}

/// The one line that answers the question.
pub(super) fn answer(report: &ConnectorReport) -> String {
    let verdict = &report.verdict;
    let needs = match (verdict.required_bump, &verdict.minimum_version) {
        (Bump::None, _) => "no bump needed".to_owned(),
        (bump, Some(version)) => format!("needs a {} bump ({version})", bump.name()),
        (bump, None) => format!("needs a {} bump", bump.name()),
    };
    let made = match verdict.actual_bump {
        None => String::new(),
        Some(Bump::None) => ", the version did not move".to_owned(),
        Some(Bump::Downgrade) => ", the version went down".to_owned(),
        Some(bump) => format!(", {} made", bump.name()),
    };
    let declared = match verdict.declaration {
        Declaration::NotNeeded | Declaration::Unknown => "",
        Declaration::Complete => ", declared",
        Declaration::Incomplete => ", declared for too few",
        Declaration::Missing => ", not declared",
        Declaration::Unmatched => ", a break is declared that cannot be confirmed from these files",
    };
    match verdict.outcome {
        Outcome::Breaking => format!("breaking: {needs}{made}{declared}"),
        Outcome::Review => {
            let count = report.summary.review + report.unjudged.len();
            if count == 0 {
                return format!(
                    "review: a breaking change is declared and cannot be confirmed from these files{made}"
                );
            }
            let what = if count == 1 { "1 change".to_owned() } else { format!("{count} changes") };
            format!(
                "review: {what} cannot be decided from these files; {} bump if they break, else {needs}{made}{declared}",
                verdict.bump_if_confirmed.name()
            )
        }
        Outcome::Compatible => format!("compatible: {needs}{made}{declared}"),
        Outcome::Inconclusive => "inconclusive: not enough could be read to answer".to_owned(),
    }
}

/// Whom it reaches, in words.
pub(super) fn reach(scope: &Scope) -> String {
    let only = scope.only.as_ref().map(|only| format!(", only {only}")).unwrap_or_default();
    if scope.everyone {
        let besides = match scope.streams.len() {
            0 => String::new(),
            _ => format!("; also by stream: {}", names(scope.streams.iter().map(String::as_str))),
        };
        return format!("every user{only}{besides}");
    }
    let list = names(scope.streams.iter().map(String::as_str));
    match scope.streams.len() {
        0 => "nobody".to_owned(),
        1 => format!("1 stream{only}: {list}"),
        count => format!("{count} streams{only}: {list}"),
    }
}

/// A list of names, cut with a count.
pub(super) fn names<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    let count = names.len();
    let shown: Vec<&str> = names.take(MOST_NAMES).collect();
    let list = shown.join(", ");
    if count > MOST_NAMES { format!("{list}, … {} more", count - MOST_NAMES) } else { list }
}

/// The artifacts that were not seen whole, for a line at the end.
pub(super) fn blind_spots(report: &ConnectorReport) -> Vec<String> {
    report
        .coverage
        .iter()
        .filter(|coverage| {
            coverage.old != CoverageStatus::Complete || coverage.new != CoverageStatus::Complete
        })
        .map(|coverage| {
            let status = match coverage.old.max(coverage.new) {
                CoverageStatus::Absent => "not seen",
                _ => "seen in part",
            };
            format!("{} {status}", coverage.artifact)
        })
        .collect()
}

/// `1 thing` or `2 things`.
pub(super) fn count(number: usize, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}
