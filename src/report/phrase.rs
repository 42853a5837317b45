//! The sentences that every format shares.

use crate::model::{
    Action, Artifact, Bump, ConnectorReport, CoverageStatus, Declaration, Evidence, Finding, Level, Outcome,
    Related, RelatedKind, Scope, SideInfo, StateEvidence, StateOutcome, Words,
};
use crate::rules;

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
    let old = report.old.as_ref().and_then(|side| side.version.as_deref());
    // Below 1.0.0 a break asks for a minor version, which surprises whoever expects a major one.
    let shifted = old.is_some_and(|version| version.starts_with("0."))
        && verdict.required_bump == Bump::Minor
        && verdict.outcome == Outcome::Breaking;
    let needs = match (verdict.required_bump, &verdict.minimum_version) {
        (Bump::None, _) => "no bump needed".to_owned(),
        (bump, Some(version)) if shifted => {
            format!("needs a {} bump ({version}, since it is below 1.0.0)", bump.name())
        }
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
        Declaration::Unmatched => "; the declared break cannot be confirmed from these files",
    };
    match verdict.outcome {
        Outcome::Breaking => format!("breaking: {needs}{made}{declared}"),
        Outcome::Review => {
            let unjudged = report.unjudged.iter().filter(|delta| delta.artifact != Artifact::Metadata).count();
            let open = report.summary.review + unjudged;
            let (what, they) = match open {
                0 => return "review: a breaking change is declared and cannot be confirmed from these files".to_owned(),
                1 => ("1 change".to_owned(), "it breaks"),
                more => (format!("{more} changes"), "they break"),
            };
            let by_policy = report.findings.iter().filter(|finding| finding.level == Level::Review);
            if unjudged == 0 && by_policy.clone().count() > 0 && by_policy.clone().all(|finding| finding.policy.is_some()) {
                return format!("review: {what} left to review by the policy file; otherwise {needs}{made}{declared}");
            }
            let if_confirmed = match verdict.bump_if_confirmed {
                bump if bump > verdict.required_bump => format!(" ({} bump if {they})", bump.name()),
                _ => String::new(),
            };
            format!("review: {what} cannot be decided from these files{if_confirmed}; otherwise {needs}{made}{declared}")
        }
        Outcome::Compatible if verdict.build_changed == Some(false) && verdict.required_bump == Bump::None => {
            format!("compatible: nothing that builds the connector changed{made}")
        }
        Outcome::Compatible => format!("compatible: {needs}{made}{declared}"),
        Outcome::Inconclusive if report.errors.is_empty() => {
            "inconclusive: the two sides share no spec, catalog or state to compare; name a connector directory on \
             each side, or two files of one kind"
                .to_owned()
        }
        Outcome::Inconclusive => "inconclusive: what is there cannot be read".to_owned(),
    }
}

/// The answer to whether the sides are equivalent.
pub(super) fn equivalence(report: &ConnectorReport) -> String {
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
                (true, true) if by_manifests => "equivalent: nothing above cosmetic differs".to_owned(),
                (true, true) => "equivalent: nothing above cosmetic differs in spec and catalog; requests, pages and \
                                 saved state cannot be compared, since they are not in the files of both sides"
                    .to_owned(),
                (false, _) => "equivalent: nothing above cosmetic differs in the catalog; neither side has a spec".to_owned(),
                (true, false) => {
                    "equivalent: nothing above cosmetic differs in the spec; neither side has a catalog".to_owned()
                }
            }
        }
        Some(false) => {
            let differing = summary.breaking + summary.review + summary.safe;
            format!("not equivalent: {} above cosmetic", count(differing.max(1), "finding"))
        }
        None => {
            let partial = report.coverage.iter().filter(|coverage| {
                let whole = coverage.old == coverage.new && coverage.old != CoverageStatus::Partial;
                matches!(coverage.artifact, Artifact::Spec | Artifact::Catalog) && !whole
            });
            let named: Vec<String> = partial.map(|coverage| coverage.artifact.to_string()).collect();
            match named.as_slice() {
                [] => "unknown: not everything could be compared, so equivalence is not shown".to_owned(),
                named => format!(
                    "unknown: nothing that could be compared differs, and the {} cannot be seen whole on both sides \
                     (-v says why)",
                    named.join(" and the ")
                ),
            }
        }
    }
}

/// Whom it reaches, in words.
pub(super) fn reach(scope: &Scope) -> String {
    let list = names(scope.streams.iter().map(String::as_str));
    if scope.everyone {
        let whom = scope.only.clone().unwrap_or_else(|| "every user".to_owned());
        return match scope.streams.len() {
            0 => whom,
            _ => format!("{whom}, and the streams {list}"),
        };
    }
    let only = scope.only.as_ref().map(|only| format!(" ({only})")).unwrap_or_default();
    match scope.streams.len() {
        0 => "nobody".to_owned(),
        count => format!("{}{only}: {list}", self::count(count, "stream")),
    }
}

/// `2 safe, 1 cosmetic`, without zeros and without the levels that are listed anyway.
pub(super) fn quiet_counts(report: &ConnectorReport, listed: &[Level]) -> String {
    let counts = [(report.summary.safe, Level::Safe), (report.summary.cosmetic, Level::Cosmetic)];
    let shown: Vec<String> = counts
        .iter()
        .filter(|(count, level)| *count > 0 && !listed.contains(level))
        .map(|(count, level)| format!("{count} {}", level.name()))
        .collect();
    shown.join(", ")
}

/// Witnesses longer than this are shortened.
const LONGEST_WITNESS: usize = 300;

/// What shows the level of a finding, or what would decide it.
pub(super) fn evidence(finding: &Finding) -> Option<(&'static str, Words)> {
    match &finding.evidence {
        Evidence::Witness { value, message } => {
            let mut shown = value.to_string();
            if shown.chars().count() > LONGEST_WITNESS {
                shown = shown.chars().take(LONGEST_WITNESS).chain(['…']).collect();
            }
            let words = Words::code(shown).and_text(" was accepted and is refused: ").and(message.clone());
            Some(("witness", words))
        }
        Evidence::Proof { message } => Some(("proof", message.clone())),
        Evidence::Sample { message } => Some(("sample", message.clone())),
        Evidence::Unproven { message }
            if finding.level == Level::Review && *message != finding.action.words() =>
        {
            let in_action =
                rules::find(&finding.rule).is_some_and(|rule| rule.action_in_general().words() == *message);
            (!in_action).then(|| ("not seen", message.clone()))
        }
        _ => None,
    }
}

/// What to do. What the release declares already is not asked for again.
pub(super) fn action(report: &ConnectorReport, finding: &Finding, action: Action) -> Words {
    match (report.verdict.declaration, finding.level) {
        (Declaration::Complete, Level::Breaking) => action.once_declared().words(),
        _ => action.words(),
    }
}

/// A possible rename or move: the question, and the guess with what speaks for it.
pub(super) fn related(related: &Related) -> (&'static str, String) {
    let name = related.stream.clone().unwrap_or_else(|| related.field.join("."));
    let question = match related.kind {
        RelatedKind::RenamedTo | RelatedKind::RenamedFrom => "rename?",
        RelatedKind::MovedTo | RelatedKind::MovedFrom => "move?",
    };
    let because: Vec<&str> = related.because.iter().map(|likeness| likeness.describe()).collect();
    (question, format!("{} `{name}` ({})", related.kind.describe(), because.join(", ")))
}

/// What the policy file leaves out.
pub(super) fn ignored(report: &ConnectorReport) -> Option<String> {
    let ignored = report.summary.ignored;
    (ignored > 0).then(|| format!("{} left out by the policy file", count(ignored, "finding")))
}

/// What the platform does with the connection of a configured catalog.
pub(super) fn platform(report: &ConnectorReport) -> Option<&'static str> {
    Some(match report.verdict.platform_breaking? {
        true => "at schema refresh the platform pauses the connection of the configured catalog",
        false => "at schema refresh the platform lets the connection of the configured catalog go on",
    })
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
            let status = match (coverage.old, coverage.new) {
                (CoverageStatus::Absent, CoverageStatus::Absent) => "not seen",
                (CoverageStatus::Absent, _) | (_, CoverageStatus::Absent) => "seen on one side",
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

/// As many names as fit, at least one, and how many more there are.
pub(super) fn names_within(names: &[String], width: usize) -> String {
    let mut list = String::new();
    for (shown, name) in names.iter().enumerate() {
        let more = format!(", … {} more", names.len() - shown);
        let last = shown + 1 == names.len();
        let room = if last { 0 } else { more.chars().count() };
        if shown > 0 && list.chars().count() + 2 + name.chars().count() + room > width {
            list.push_str(&more);
            break;
        }
        if shown > 0 {
            list.push_str(", ");
        }
        list.push_str(name);
    }
    list
}

/// State in samples that belongs to no stream of either side.
pub(super) fn strangers(report: &ConnectorReport) -> Option<String> {
    let lost = report.states.iter().filter(|state| {
        state.forward.outcome == StateOutcome::NoStream && state.back.outcome == StateOutcome::NoStream
    });
    let names: Vec<String> = lost.map(|state| state.stream.to_string()).collect();
    (!names.is_empty()).then(|| {
        let list = self::names(names.iter().map(String::as_str));
        format!("samples have state of {list}, which no catalog lists")
    })
}
