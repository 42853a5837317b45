//! What a report says, once, as a value: no format is in it, nothing is escaped or coloured, and no sentence has to be
//! taken apart again. Every format for people is a [`Render`] over it.

mod answer;
mod edit;
mod group;
pub(super) mod phrase;
mod state;
mod value;

use crate::limits::{self, Limits};
use crate::model::{
    Artifact, ConnectorReport, Coverage, CoverageStatus, Level, Outcome, Problem, ReportError, SideInfo,
    StateOutcome, Unjudged, Words,
};
use crate::release::{Because, Draft, Gate};
pub use answer::{Answer, Mark};
pub use edit::Edit;
use edit::Manner;
pub use group::Group;
use group::groups;
pub use state::{StateRow, StateTable};
pub use value::Change;

/// A format for people. It decides how things look, what fits, and nothing else.
pub trait Render {
    /// The report over all connectors of a run.
    fn render(&self, views: &[View<'_>]) -> String;
}

/// What is asked of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Safe and cosmetic findings are wanted one by one too, and lists whole.
    pub all: bool,
    /// What could be seen, and every stream's state, is wanted too.
    pub verbose: bool,
    /// The question is whether the sides are equivalent.
    pub equivalent: bool,
    /// Findings are wanted one by one, and not what they have in common.
    pub apart: bool,
    /// How many edits are wanted; the worst come first.
    pub most_entries: u64,
    /// Whether the report passes is wanted too.
    pub gate: Option<Gate>,
}

impl Default for Asked {
    fn default() -> Self {
        let most_entries = Limits::default().entries;
        Self { all: false, verbose: false, equivalent: false, apart: false, most_entries, gate: None }
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
    pub title: Words,
    /// The answer.
    pub answer: Answer,
    /// What could not be read.
    pub errors: &'r [ReportError],
    /// Whom the breaking findings reach together, where something breaks.
    pub affects: Option<Words>,
    /// How many findings are to be decided, where others break.
    pub to_review: usize,
    /// What the platform does with the connection of a configured catalog.
    pub platform: Option<&'static str>,
    /// The findings that are said one by one, by rule, worst first.
    pub groups: Vec<Group<'r>>,
    /// The others, for formats that fold them away.
    pub folded: Vec<Group<'r>>,
    /// Differences that no rule judges yet.
    pub unjudged: Vec<&'r Unjudged>,
    /// What becomes of saved state, where there is something to say.
    pub states: Option<StateTable>,
    /// What is wrong with the declaration.
    pub problems: &'r [Problem],
    /// What is left to write, where a break is not declared as it has to be.
    pub draft: Option<Draft>,
    /// What is said in a few words at the end.
    pub rest: Rest,
    /// What could be seen, artifact by artifact.
    pub coverage: &'r [Coverage],
}

/// What is said in a few words at the end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rest {
    /// Whether the report passes, and why: `fails (--fail-on undeclared): a break is not declared`.
    pub gate: Option<String>,
    /// How many findings there are of each level: `2 breaking, 1 to review, 3 safe`.
    pub counts: Option<String>,
    /// How many findings are not said one by one: `2 safe, 1 cosmetic`.
    pub quiet: Option<String>,
    /// How many the policy file leaves out.
    pub ignored: Option<String>,
    /// Streams that only samples of saved state know.
    pub strangers: Option<Words>,
    /// Artifacts that were not seen whole and that the answer does not name.
    pub blind_spots: Vec<String>,
    /// That there are more edits one by one than are wanted, and how to see them.
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
        let most_names = if asked.all { usize::MAX } else { phrase::MOST_NAMES };
        let manner = Manner::of(&report.findings, most_names, asked.apart);
        let (mut shown, mut folded) = (groups(report, listed, &manner), groups(report, &quiet, &manner));
        let left_out = cut(&mut shown, asked.most_entries);
        for group in &mut shown {
            // The first place of a rule is shown; the others are like it.
            let quoted = if asked.verbose { usize::MAX } else { 1 };
            group.edits.iter_mut().take(quoted).for_each(Edit::quote);
        }
        let folded_left_out = cut(&mut folded, asked.most_entries);
        let blind_spots = blind_spots(report);
        let answer = Answer::of(report, asked, &blind_spots);
        let in_answer = matches!(answer.mark, Mark::Fine | Mark::ToDecide) && !asked.equivalent;
        Self {
            asked,
            name: &report.name,
            title: title(report),
            errors: &report.errors,
            affects: breaks.then(|| phrase::reach(&report.verdict.scope, most_names)),
            to_review: if breaks { report.summary.review } else { 0 },
            platform: platform(report),
            groups: shown,
            folded,
            unjudged: report
                .unjudged
                .iter()
                .filter(|delta| asked.all || delta.artifact != Artifact::Metadata)
                .collect(),
            states: state::table(report, asked.verbose && !report.states.is_empty()),
            problems: &report.problems,
            draft: if asked.equivalent { None } else { Draft::of(report) },
            rest: Rest {
                gate: asked.gate.map(|gate| gate_line(gate, report)),
                counts: counts(report),
                quiet: quiet_counts(report, &quiet),
                ignored: ignored(report),
                strangers: strangers(report),
                blind_spots: if in_answer { Vec::new() } else { blind_spots },
                left_out,
                folded_left_out,
                is_uneventful: !asked.all
                    && report.findings.iter().all(|finding| !is_open(finding.level))
                    && report.problems.is_empty()
                    && report.unjudged.iter().all(|delta| delta.artifact == Artifact::Metadata),
            },
            coverage: &report.coverage,
            answer,
        }
    }
}

/// Keeps so many edits, and says how many it takes out.
fn cut(groups: &mut Vec<Group<'_>>, most: u64) -> Option<String> {
    let total: usize = groups.iter().map(|group| group.edits.len()).sum();
    let mut room = usize::try_from(most).unwrap_or(usize::MAX);
    for group in groups.iter_mut() {
        group.left_out = group.edits.len().saturating_sub(room);
        group.edits.truncate(room);
        room -= group.edits.len();
    }
    groups.retain(|group| !group.edits.is_empty());
    let left_out = total.saturating_sub(usize::try_from(most).unwrap_or(usize::MAX));
    (left_out > 0).then(|| {
        let what = format!("{} not shown, since there are more", phrase::count(left_out, "entry"));
        limits::ENTRIES.exceeded(&what, most, Some(total as u64))
    })
}

fn title(report: &ConnectorReport) -> Words {
    let version = |side: &Option<SideInfo>| side.as_ref().and_then(|side| side.version.clone());
    let name = Words::name(&report.name);
    match (version(&report.old), version(&report.new)) {
        (Some(old), Some(new)) => name.and_text(" ").and_foreign(&old).and_text(" → ").and_foreign(&new),
        _ => name,
    }
}

fn platform(report: &ConnectorReport) -> Option<&'static str> {
    Some(match report.verdict.platform_breaking? {
        true => "at schema refresh the platform pauses the connection of the configured catalog",
        false => "at schema refresh the platform lets the connection of the configured catalog go on",
    })
}

/// Whether the report passes, and why.
fn gate_line(gate: Gate, report: &ConnectorReport) -> String {
    let passes = match gate.because.passes() {
        Some(true) => "passes",
        Some(false) => "fails",
        None => "cannot pass",
    };
    let because = match gate.because {
        Because::Unreadable => format!("{} in what was read", phrase::count(report.errors.len(), "error")),
        Because::NothingToCompare => "nothing could be compared".to_owned(),
        Because::Breaks => "users break".to_owned(),
        Because::BreaksUndeclared => "a break is not declared as it has to be".to_owned(),
        Because::Declaration { errors } => {
            format!("{} in the declaration", phrase::count(errors, "error"))
        }
        Because::Open => "something is to be decided".to_owned(),
        Because::Declared => "the break is declared".to_owned(),
        Because::Ignored => "nothing fails".to_owned(),
        Because::Clean => String::new(),
    };
    let because = if because.is_empty() { because } else { format!(": {because}") };
    format!("{passes} (--fail-on {}){because}", gate.fail_on.name())
}

fn counts(report: &ConnectorReport) -> Option<String> {
    let summary = &report.summary;
    let counts = [
        (summary.breaking, "breaking"),
        (summary.review, "to review"),
        (summary.safe, "safe"),
        (summary.cosmetic, "cosmetic"),
        (summary.waived, "waived"),
    ];
    let shown: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, level)| format!("{count} {level}"))
        .collect();
    (!shown.is_empty()).then(|| shown.join(", "))
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

fn strangers(report: &ConnectorReport) -> Option<Words> {
    let lost = report.states.iter().filter(|state| {
        state.forward.outcome == StateOutcome::NoStream && state.back.outcome == StateOutcome::NoStream
    });
    let names: Vec<String> = lost.map(|state| state.stream.to_string()).collect();
    (!names.is_empty()).then(|| {
        let list = phrase::names(names.iter().map(String::as_str), phrase::MOST_NAMES);
        Words::marked("samples have state of ").and(&list).and_text(", which no catalog lists")
    })
}

/// What a break may hide in and was not seen whole. Whether the metadata was seen is said of what has to be declared.
fn blind_spots(report: &ConnectorReport) -> Vec<String> {
    let partial = report.coverage.iter().filter(|coverage| {
        coverage.artifact != Artifact::Metadata
            && (coverage.old != CoverageStatus::Complete || coverage.new != CoverageStatus::Complete)
    });
    partial
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
