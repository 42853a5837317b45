//! What a report says, once, as a value: no format is in it, nothing is escaped or coloured, and no sentence has to be
//! taken apart again. Every format for people is a [`Render`] over it.

mod answer;
mod block;
mod entry;
mod group;
pub(super) mod phrase;
mod state;

use std::collections::{BTreeMap, BTreeSet};

use crate::limits::{self, Limits};
use crate::model::{
    Artifact, ConnectorReport, Coverage, CoverageStatus, Finding, Level, Outcome, Problem, ReportError,
    SideInfo, StateOutcome, Unjudged, Words,
};
pub use answer::{Answer, Mark};
pub use entry::{Change, Entry, Hint, Place, Subject};
use entry::{action_of_all, reaches_several};
pub use group::Section;
use group::sections;
pub use state::{StateRow, StateTable};

/// A format for people. It decides how things look, what fits, and nothing else.
pub trait Render {
    /// The report over all connectors of a run.
    fn render(&self, views: &[View<'_>]) -> String;
}

/// What is asked of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Safe and cosmetic findings are wanted one by one too.
    pub all: bool,
    /// What could be seen, and every stream's state, is wanted too.
    pub verbose: bool,
    /// The question is whether the sides are equivalent.
    pub equivalent: bool,
    /// How many entries are wanted; the worst come first.
    pub most_entries: u64,
}

impl Default for Asked {
    fn default() -> Self {
        Self { all: false, verbose: false, equivalent: false, most_entries: Limits::default().entries }
    }
}

impl Asked {
    /// The levels whose findings are said one by one.
    fn listed(self) -> &'static [Level] {
        match (self.all, self.equivalent) {
            (true, _) => &[Level::Breaking, Level::Review, Level::Safe, Level::Cosmetic],
            // All that differs is asked about, not only what may break.
            (false, true) => &[Level::Breaking, Level::Review, Level::Safe],
            (false, false) => &[Level::Breaking, Level::Review],
        }
    }
}

/// All that is said of one connector.
#[derive(Debug)]
pub struct View<'r> {
    /// What was asked.
    pub asked: Asked,
    /// The connector's name.
    pub name: &'r str,
    /// The name with both versions: `source-x 1.2.3 → 1.3.0`.
    pub title: String,
    /// The answer.
    pub answer: Answer,
    /// What could not be read.
    pub errors: &'r [ReportError],
    /// Whom the breaking findings reach together, where something breaks.
    pub affects: Option<String>,
    /// How many findings are to be decided, where others break.
    pub to_review: usize,
    /// What the platform does with the connection of a configured catalog.
    pub platform: Option<&'static str>,
    /// The findings that are said one by one, worst first.
    pub sections: Vec<Section<'r>>,
    /// The others, for formats that fold them away.
    pub folded: Vec<Section<'r>>,
    /// Differences that no rule judges yet.
    pub unjudged: Vec<&'r Unjudged>,
    /// What to do, once for each rule.
    pub actions: Vec<RuleAction<'r>>,
    /// What becomes of saved state, where there is something to say.
    pub states: Option<StateTable>,
    /// What is wrong with the declaration.
    pub problems: &'r [Problem],
    /// What is said in a few words at the end.
    pub rest: Rest,
    /// What could be seen, artifact by artifact.
    pub coverage: &'r [Coverage],
    /// The rule to read about next.
    pub next: Option<&'r str>,
}

/// What to do about the findings of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleAction<'r> {
    /// The rule's id.
    pub rule: &'r str,
    /// The streams, where no heading names them.
    pub streams: Vec<String>,
    /// What to do.
    pub words: Words,
}

/// What is said in a few words at the end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rest {
    /// How many findings there are that are not said one by one: `2 safe, 1 cosmetic`.
    pub quiet: Option<String>,
    /// How many the policy file leaves out.
    pub ignored: Option<String>,
    /// Streams that only samples of saved state know.
    pub strangers: Option<String>,
    /// Artifacts that were not seen whole.
    pub blind_spots: Vec<String>,
    /// That there are more entries one by one than are wanted, and how to see them.
    pub left_out: Option<String>,
    /// The same of those that are folded away.
    pub folded_left_out: Option<String>,
    /// Whether nothing has to be looked at: no finding above safe, no problem, nothing unjudged.
    pub is_uneventful: bool,
}

impl<'r> View<'r> {
    /// What a report says to those who ask so.
    pub fn of(report: &'r ConnectorReport, asked: Asked) -> Self {
        let breaks = report.verdict.outcome == Outcome::Breaking;
        let listed = asked.listed();
        let quiet: Vec<Level> =
            [Level::Safe, Level::Cosmetic].into_iter().filter(|level| !listed.contains(level)).collect();
        let is_open = |level: Level| matches!(level, Level::Breaking | Level::Review);
        let (mut listed, mut folded) = (sections(report, listed), sections(report, &quiet));
        let left_out = cut(&mut listed, asked.most_entries);
        let folded_left_out = cut(&mut folded, asked.most_entries);
        Self {
            asked,
            name: &report.name,
            title: title(report),
            answer: Answer::of(report, asked),
            errors: &report.errors,
            affects: breaks.then(|| phrase::reach(&report.verdict.scope)),
            to_review: if breaks { report.summary.review } else { 0 },
            platform: platform(report),
            sections: listed,
            folded,
            unjudged: report
                .unjudged
                .iter()
                .filter(|delta| asked.all || delta.artifact != Artifact::Metadata)
                .collect(),
            actions: actions(report),
            states: state::table(report, asked.verbose && !report.states.is_empty()),
            problems: &report.problems,
            rest: Rest {
                quiet: quiet_counts(report, &quiet),
                ignored: ignored(report),
                strangers: strangers(report),
                blind_spots: blind_spots(report),
                left_out,
                folded_left_out,
                is_uneventful: !asked.all
                    && report.findings.iter().all(|finding| !is_open(finding.level))
                    && report.problems.is_empty()
                    && report.unjudged.iter().all(|delta| delta.artifact == Artifact::Metadata),
            },
            coverage: &report.coverage,
            next: report.findings.iter().find(|one| is_open(one.level)).map(|one| one.rule.as_str()),
        }
    }
}

/// Keeps so many entries, and says how many it takes out.
fn cut(sections: &mut Vec<Section<'_>>, most: u64) -> Option<String> {
    let total: usize = sections.iter().map(|section| section.entries.len()).sum();
    let mut room = usize::try_from(most).unwrap_or(usize::MAX);
    for section in sections.iter_mut() {
        section.entries.truncate(room);
        room -= section.entries.len();
    }
    sections.retain(|section| !section.entries.is_empty());
    let left_out = total.saturating_sub(usize::try_from(most).unwrap_or(usize::MAX));
    (left_out > 0).then(|| {
        let what = format!("{} not shown, since there are more", phrase::count(left_out, "entry"));
        limits::ENTRIES.exceeded(&what, most, Some(total as u64))
    })
}

fn title(report: &ConnectorReport) -> String {
    let version = |side: &Option<SideInfo>| side.as_ref().and_then(|side| side.version.clone());
    match (version(&report.old), version(&report.new)) {
        (Some(old), Some(new)) => format!("{} {old} → {new}", report.name),
        _ => report.name.clone(),
    }
}

fn platform(report: &ConnectorReport) -> Option<&'static str> {
    Some(match report.verdict.platform_breaking? {
        true => "at schema refresh the platform pauses the connection of the configured catalog",
        false => "at schema refresh the platform lets the connection of the configured catalog go on",
    })
}

fn actions(report: &ConnectorReport) -> Vec<RuleAction<'_>> {
    let mut order: Vec<Vec<&Finding>> = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    let is_open = |finding: &&Finding| {
        finding.waived.is_none() && matches!(finding.level, Level::Breaking | Level::Review)
    };
    for finding in report.findings.iter().filter(is_open) {
        let index = *known.entry(&finding.rule).or_insert(order.len());
        match order.get_mut(index) {
            Some(findings) => findings.push(finding),
            None => order.push(vec![finding]),
        }
    }
    order.iter().filter_map(|findings| rule_action(report, findings)).collect()
}

fn rule_action<'r>(report: &'r ConnectorReport, findings: &[&'r Finding]) -> Option<RuleAction<'r>> {
    let first = findings.first()?;
    let of_several = findings.iter().filter(|finding| reaches_several(finding));
    let streams: BTreeSet<&String> = of_several.flat_map(|finding| &finding.scope.streams).collect();
    Some(RuleAction {
        rule: &first.rule,
        streams: streams.into_iter().cloned().collect(),
        words: action_of_all(report, findings),
    })
}

fn quiet_counts(report: &ConnectorReport, quiet: &[Level]) -> Option<String> {
    let counts = [(report.summary.safe, Level::Safe), (report.summary.cosmetic, Level::Cosmetic)];
    let shown: Vec<String> = counts
        .iter()
        .filter(|(count, level)| *count > 0 && quiet.contains(level))
        .map(|(count, level)| format!("{count} {}", level.name()))
        .collect();
    (!shown.is_empty()).then(|| shown.join(", "))
}

fn ignored(report: &ConnectorReport) -> Option<String> {
    let ignored = report.summary.ignored;
    (ignored > 0).then(|| format!("{} left out by the policy file", phrase::count(ignored, "finding")))
}

fn strangers(report: &ConnectorReport) -> Option<String> {
    let lost = report.states.iter().filter(|state| {
        state.forward.outcome == StateOutcome::NoStream && state.back.outcome == StateOutcome::NoStream
    });
    let names: Vec<String> = lost.map(|state| state.stream.to_string()).collect();
    (!names.is_empty()).then(|| {
        let list = phrase::names(names.iter().map(String::as_str));
        format!("samples have state of {list}, which no catalog lists")
    })
}

fn blind_spots(report: &ConnectorReport) -> Vec<String> {
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
