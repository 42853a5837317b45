//! What a report says, once, as a value: no format is in it, nothing is escaped or coloured, and no sentence has to be
//! taken apart again. Every format for people is a [`Render`] over it.

mod answer;
mod ask;
mod destination;
mod edit;
mod equivalence;
mod firsts;
mod group;
pub(super) mod paperwork;
pub(super) mod phrase;
mod run;
mod state;
mod value;

use std::collections::BTreeSet;

use crate::limits::{self, Limits};
use crate::model::{
    Artifact, ConnectorReport, ConnectorType, Coverage, CoverageStatus, Declaration, Finding, Level, Outcome,
    Picture, Problem, ReportError, Scope, SideInfo, Sides, StateOutcome, Unjudged, Verdict, Words,
};
use crate::release::{Because, Draft, Gate, breaking, is_declared, is_only_invalid, warns_nobody};
use crate::rules::{Check, release as checks};
pub use answer::{Answer, Mark};
use ask::{ask, told_of_unlisted};
pub use destination::{DestinationDetail, DestinationRow, DestinationTable};
use edit::Manner;
pub use edit::{Edit, Reason};
pub use group::Group;
use group::groups;
pub(super) use group::lower_first;
pub use paperwork::{FieldChange, Paperwork, Requirement, additions, checklist};
pub use run::{Heading, Run};
pub use state::{StateRow, StateTable};
pub use value::Change;

/// A format for people. It decides how things look, what fits, and nothing else.
pub trait Render {
    /// The report over all connectors of a run.
    fn render(&self, run: &Run<'_>) -> String;
}

/// What is told together, of the findings of one rule at one level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Grain {
    /// Findings that are one edit, wherever it reaches.
    #[default]
    Edit,
    /// Of those, findings that are opened at the same line of the same file.
    Place,
    /// Nothing: each finding is told by itself.
    Finding,
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
    /// What is told together.
    pub grain: Grain,
    /// Only what a reader needs who has half a minute: no types of what is gone, no reasons that hold for the whole rule.
    pub brief: bool,
    /// How many edits are wanted; the worst come first.
    pub most_entries: u64,
    /// Whether the report passes is wanted too.
    pub gate: Option<Gate>,
}

impl Default for Asked {
    fn default() -> Self {
        let most_entries = Limits::default().entries;
        Self {
            all: false,
            verbose: false,
            equivalent: false,
            grain: Grain::Edit,
            brief: false,
            most_entries,
            gate: None,
        }
    }
}

impl Asked {
    /// How many names of a list are wanted.
    fn most_names(self) -> usize {
        if self.all { usize::MAX } else { phrase::MOST_NAMES }
    }

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
    /// Both sides, as they were named; nothing where the connector was added or removed.
    pub sides: Sides<Option<&'r SideInfo>>,
    /// The verdict.
    pub verdict: &'r Verdict,
    /// The answer.
    pub answer: Answer,
    /// What could not be read.
    pub errors: &'r [ReportError],
    /// Whom the breaking findings reach together, and whom those may reach besides that are to be reviewed.
    pub affects: Option<Reach>,
    /// What the platform does with the connection of a configured catalog.
    pub platform: Option<&'static str>,
    /// The findings that are said one by one, by rule, worst first.
    pub groups: Vec<Group<'r>>,
    /// The others, for formats that fold them away.
    pub folded: Vec<Group<'r>>,
    /// What the policy file accepts, by rule and waiver: it counts in nothing that is said of the others.
    pub waived: Vec<Group<'r>>,
    /// Differences that no rule judges yet.
    pub unjudged: Vec<&'r Unjudged>,
    /// What becomes of saved state, where there is something to say.
    pub states: Option<StateTable>,
    /// What becomes of tables and files in the destinations that were asked about.
    pub destinations: Option<DestinationTable>,
    /// What is wrong with the declaration.
    pub problems: &'r [Problem],
    /// What is left to write, where a break is not declared as it has to be.
    pub paperwork: Option<Paperwork>,
    /// The paperwork for a message, where the break is declared and the message of its entry lacks something.
    pub message: Option<Paperwork>,
    /// What the policy on breaking changes asks of a break, also of one that is to be reviewed.
    pub checklist: Vec<Requirement>,
    /// What is said in a few words at the end.
    pub rest: Rest,
    /// What could be seen, artifact by artifact.
    pub coverage: &'r [Coverage],
    /// What of the new version is built from what was edited, where that was asked for.
    pub picture: Option<&'r Picture>,
}

/// Whom what was found reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// `affects`, or `may affect` of what is to be decided.
    pub verb: &'static str,
    /// Users and streams.
    pub whom: Words,
    /// What limits all of it, such as incremental syncs.
    pub only: Option<Words>,
    /// What a reviewer asks for, where the files do not decide: sentences.
    pub ask: Vec<Words>,
    /// The streams among them.
    pub streams: BTreeSet<String>,
}

impl Reach {
    fn of(verb: &'static str, scope: &Scope, most_names: usize, told: phrase::Unlisted) -> Self {
        let only = scope.only.as_ref().map(phrase::limit);
        let whom = phrase::reach_of(scope, most_names, told);
        let streams = scope.streams.clone();
        Self { verb, whom, only, ask: Vec::new(), streams }
    }

    /// Whom it reaches, and what to ask for.
    pub fn words(&self) -> Words {
        if self.ask.is_empty() {
            return self.whom.clone();
        }
        let asked = self.ask.iter().map(|sentence| sentence.clone().lowered().without_full_stop());
        self.whom.clone().and_text("; ask: ").and(&Words::joined(asked, "; "))
    }
}

/// What is said in a few words at the end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rest {
    /// Whether the report passes, and why.
    pub gate: Option<GateLine>,
    /// How many changes there are of each level: `2 breaking, 1 to review, 3 safe`.
    pub counts: Option<String>,
    /// How many changes are not said one by one: `2 safe, 1 cosmetic`.
    pub quiet: Option<String>,
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

/// Whether a report passes, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateLine {
    /// `passes`, `fails` or `cannot pass`, as the exit code says it.
    pub word: &'static str,
    /// `fails (--fail-on undeclared): the break is not declared`.
    pub line: String,
    /// Whether the counts of changes tell why.
    pub is_told_by_counts: bool,
}

impl<'r> View<'r> {
    /// What a report says to those who ask so.
    pub fn of(report: &'r ConnectorReport, asked: Asked) -> Self {
        let listed = asked.listed();
        let quiet: Vec<Level> =
            [Level::Safe, Level::Cosmetic].into_iter().filter(|level| !listed.contains(level)).collect();
        let is_open = |level: Level| matches!(level, Level::Breaking | Level::Review);
        let most_names = asked.most_names();
        let manner = Manner::new(most_names, asked.grain, asked.brief);
        let (mut shown, mut folded) = (groups(report, listed, manner), groups(report, &quiet, manner));
        let mut waived = group::waived(report, manner);
        cut(&mut waived, asked.most_entries);
        let changes = Changes::of(report, shown.iter().chain(&folded));
        let ask = ask(report, &shown);
        let left_out = cut(&mut shown, asked.most_entries);
        for group in &mut shown {
            // The first place of a rule is shown; the others are like it.
            let quoted = if asked.verbose { usize::MAX } else { 1 };
            group.edits.iter_mut().take(quoted).for_each(Edit::quote);
        }
        let folded_left_out = cut(&mut folded, asked.most_entries);
        let blind_spots = blind_spots(report);
        let draft = if asked.equivalent { None } else { Draft::of(report) };
        let answer = Answer::of(report, asked, &changes, &blind_spots);
        let affects = affects(report, ask, most_names);
        let in_answer_asked = affects.as_ref().map_or(&[][..], |reach| &reach.ask);
        // A break that the release has to declare is declared once, for all that was found.
        shown.iter_mut().for_each(|group| group.say_besides(draft.is_some(), in_answer_asked));
        let in_answer = report.verdict.outcome != Outcome::Inconclusive && !asked.equivalent;
        Self {
            asked,
            name: &report.name,
            title: title(report),
            sides: Sides { old: report.old.as_ref(), new: report.new.as_ref() },
            verdict: &report.verdict,
            errors: &report.errors,
            affects,
            platform: platform(report),
            groups: shown,
            folded,
            waived,
            unjudged: report
                .unjudged
                .iter()
                .filter(|delta| asked.all || delta.artifact != Artifact::Metadata)
                .collect(),
            states: state::table(report, asked.verbose && !report.states.is_empty()),
            destinations: destination::table(report, asked.most_entries),
            // What a release declares is no part of the question whether two versions are one.
            problems: if asked.equivalent { &[] } else { &report.problems },
            message: if draft.is_some() || asked.equivalent { None } else { better_message(report) },
            paperwork: draft.map(|draft| Paperwork::of(report, draft)),
            checklist: match asked.equivalent {
                true => Vec::new(),
                false => paperwork::checklist_if_confirmed(report),
            },
            rest: Rest {
                gate: asked.gate.map(|gate| gate_line(gate, report)),
                // The gate says it already.
                counts: changes.words(asked.gate.is_none()),
                quiet: changes.words_of(&quiet),
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
            picture: report.picture.as_ref(),
            answer,
        }
    }
}

/// The checks of a message that find that it lacks something.
const MESSAGE_CHECKS: [&Check; 2] =
    [&checks::meta_message_empty::CHECK, &checks::meta_message_incomplete::CHECK];

/// Whether a problem is that a message lacks something.
pub(super) fn is_of_message(problem: &Problem) -> bool {
    problem.waived.is_none() && MESSAGE_CHECKS.iter().any(|check| check.id == problem.rule)
}

/// The paperwork for the message of an entry that lacks something.
fn better_message(report: &ConnectorReport) -> Option<Paperwork> {
    let draft = report.problems.iter().any(is_of_message).then(|| Draft::of_break(report)).flatten()?;
    Some(Paperwork::of(report, draft))
}

/// Keeps so many edits, and says how many it takes out.
fn cut(groups: &mut Vec<Group<'_>>, most: u64) -> Option<String> {
    let total: usize = groups.iter().map(|group| group.edits.len()).sum();
    let mut room = usize::try_from(most).unwrap_or(usize::MAX);
    for group in groups.iter_mut() {
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
        (Some(old), Some(new)) => {
            name.and_text(" ").and(&version_words(&old)).and_text(" → ").and(&version_words(&new))
        }
        _ => name,
    }
}

/// A version as it stands; what is no version is quoted, and cannot be taken for words of ours.
fn version_words(version: &str) -> Words {
    let is_version = version.len() <= 40
        && version.contains('.')
        && version.starts_with(|c: char| c.is_ascii_digit())
        && version.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-+".contains(&byte));
    if is_version { Words::foreign(version) } else { Words::code(version) }
}

fn platform(report: &ConnectorReport) -> Option<&'static str> {
    Some(match report.verdict.platform_breaking? {
        true => "at schema refresh the platform pauses the connection of the configured catalog",
        false => "at schema refresh the platform lets the connection of the configured catalog go on",
    })
}

/// How many changes a report tells, by level. An edit that reaches many places is one change and many findings.
struct Changes {
    of_levels: Vec<(Level, usize)>,
    /// What each rule found, in a few words, in the order of the report.
    kinds: Vec<(Level, Words)>,
    waived: usize,
}

impl Changes {
    fn of<'g, 'r: 'g>(report: &ConnectorReport, groups: impl Iterator<Item = &'g Group<'r>> + Clone) -> Self {
        let edits = || groups.clone().flat_map(|group| &group.edits);
        let streams: BTreeSet<_> =
            edits().flat_map(|edit| &edit.findings).filter_map(|one| one.stream.as_ref()).collect();
        let is_one_stream = streams.len() < 2;
        let levels = [Level::Breaking, Level::Review, Level::Safe, Level::Cosmetic];
        let mut of_levels: Vec<(Level, usize)> = levels.into_iter().map(|level| (level, 0)).collect();
        let mut kinds: Vec<(Level, Words)> = Vec::new();
        for group in groups {
            let edits = group.edits.len();
            for (level, count) in &mut of_levels {
                *count += if *level == group.level { edits } else { 0 };
            }
            kinds.push((group.level, group.what(is_one_stream)));
        }
        Self { of_levels, kinds, waived: report.summary.waived }
    }

    /// What happened at a level: up to three kinds of change, the worst first, or the worst and how many more there are.
    fn named(&self, level: Level) -> Option<Words> {
        let kinds: Vec<&Words> =
            self.kinds.iter().filter(|kind| kind.0 == level).map(|kind| &kind.1).collect();
        Some(match kinds.as_slice() {
            [] => return None,
            [only] => (*only).clone(),
            [one, other] => (*one).clone().and_text(", and ").and(other),
            [one, other, last] => (*one).clone().and_text(", ").and(other).and_text(", and ").and(last),
            [first, others @ ..] => {
                let kinds = (*first).clone().and_text(", and ").and_number(others.len());
                kinds.and_text(if level == Level::Breaking {
                    " more kinds of break"
                } else {
                    " more kinds of change"
                })
            }
        })
    }

    fn of_level(&self, level: Level) -> usize {
        self.of_levels.iter().filter(|(other, _)| *other == level).map(|(_, count)| count).sum()
    }

    /// `1 breaking, 2 safe`, of some levels; `None` where there are none.
    fn words_of(&self, levels: &[Level]) -> Option<String> {
        let counted = self.of_levels.iter().filter(|(level, count)| *count > 0 && levels.contains(level));
        let word = |level: Level| if level == Level::Review { "to review" } else { level.name() };
        let shown: Vec<String> = counted.map(|(level, count)| format!("{count} {}", word(*level))).collect();
        (!shown.is_empty()).then(|| shown.join(", "))
    }

    /// The same of all levels.
    fn words(&self, with_waived: bool) -> Option<String> {
        let levels: Vec<Level> = self.of_levels.iter().map(|(level, _)| *level).collect();
        let waived = (with_waived && self.waived > 0).then(|| format!("{} waived", self.waived));
        let said: Vec<String> = self.words_of(&levels).into_iter().chain(waived).collect();
        (!said.is_empty()).then(|| said.join(", "))
    }
}

/// Whom the findings reach that break, and whom those may reach that are to be reviewed.
fn affects(report: &ConnectorReport, ask: Vec<Words>, most_names: usize) -> Option<Reach> {
    let is_open = |finding: &&Finding| finding.level == Level::Review && finding.waived.is_none();
    let open: Vec<&Finding> = report.findings.iter().filter(is_open).collect();
    let may_reach = crate::release::union(&open);
    let reach = Reach { ask, ..reach(report, &open, &may_reach, most_names)? };
    // A scope can limit what some of the open changes break, and not the others.
    let is_listed = |finding: &&Finding| finding.stream.is_none() || !finding.scope.everyone;
    let are_listed = open.iter().all(is_listed) && may_reach.unlisted_streams_of.is_empty();
    if may_reach.everyone && !may_reach.streams.is_empty() && are_listed && !report.verdict.scope.everyone {
        let whom = reach.whom.and(&if_only_streams(report, &may_reach, most_names));
        return Some(Reach { whom, ..reach });
    }
    // A scope that is too small for the break may stay where that is taken back. Beside every user no streams are named.
    if report.verdict.scope.only.is_some() && report.verdict.scope.everyone && !may_reach.everyone {
        let whom = reach.whom.and(&if_the_scope_stays(report, &may_reach, most_names));
        return Some(Reach { whom, ..reach });
    }
    let lacking = &report.verdict.undeclared_if_confirmed;
    // Where the break reaches every user, no list of streams is asked for.
    if lacking.is_empty() || report.verdict.scope.everyone || may_reach.everyone {
        return Some(reach);
    }
    let may_break: BTreeSet<&String> = may_reach.streams.difference(&report.verdict.scope.streams).collect();
    let lacks = Words::marked("; if so, `scopedImpact` lacks ");
    let lacks = lacks.and(&lacking_of(&lacking.iter().collect(), &may_break, most_names));
    Some(Reach { whom: reach.whom.and(&lacks), ..reach })
}

/// What a scope lacks of the streams that may break, where it lacks users of all streams first of all.
fn if_the_scope_stays(report: &ConnectorReport, may_reach: &Scope, most_names: usize) -> Words {
    let is_scoped = |warned: &&BTreeSet<String>| !warned.is_empty();
    let lacks = brought_scope(report).filter(is_scoped).and_then(|warned| {
        let may_break = may_reach.streams.iter().collect();
        lacks(may_break, warned, most_names)
    });
    lacks.map(|lacks| Words::marked("; if it stays, ").and(&lacks)).unwrap_or_default()
}

/// What a scope has to name where of open changes that reach all users and streams only those of streams break.
fn if_only_streams(report: &ConnectorReport, may_reach: &Scope, most_names: usize) -> Words {
    let told = match brought_scope(report) {
        None => Words::marked("name them in `scopedImpact`"),
        Some(warned) => {
            let may_break = may_reach.streams.difference(&report.verdict.scope.streams).collect();
            lacks(may_break, warned, most_names).unwrap_or_else(|| Words::marked("`scopedImpact` fits"))
        }
    };
    Words::marked("; if only streams break, ").and(&told)
}

/// The streams that the entry of a release warns, where it brings one that is limited to streams.
fn brought_scope(report: &ConnectorReport) -> Option<&BTreeSet<String>> {
    report.warned.as_ref().filter(|_| !report.brought.is_empty())
}

/// What a scope lacks of the streams that may break; `None` where it has all of them.
fn lacks(may_break: BTreeSet<&String>, warned: &BTreeSet<String>, most_names: usize) -> Option<Words> {
    let is_lacking = |stream: &&String| !warned.contains(*stream);
    let lacking: BTreeSet<&String> = may_break.iter().copied().filter(is_lacking).collect();
    let told = || Words::marked("`scopedImpact` lacks ").and(&lacking_of(&lacking, &may_break, most_names));
    (!lacking.is_empty()).then(told)
}

/// The streams that a scope lacks, of those that may break.
fn lacking_of(lacking: &BTreeSet<&String>, may_break: &BTreeSet<&String>, most_names: usize) -> Words {
    match (lacking == may_break, lacking.len()) {
        (true, 1) => Words::marked("it"),
        (true, _) => Words::marked("all of these"),
        (false, _) => phrase::names(lacking.iter().map(|stream| stream.as_str()), most_names),
    }
}

fn reach(report: &ConnectorReport, open: &[&Finding], may_reach: &Scope, most_names: usize) -> Option<Reach> {
    let told = told_of_unlisted(report);
    match report.verdict.outcome {
        Outcome::Breaking => {
            let reach = Reach::of("affects", &report.verdict.scope, most_names, told);
            Some(match phrase::beyond(may_reach, &report.verdict.scope, most_names, told) {
                Some(others) => {
                    Reach { whom: reach.whom.and_text("; may also affect ").and(&others), ..reach }
                }
                None => reach,
            })
        }
        Outcome::Review => (!open.is_empty()).then(|| Reach::of("may affect", may_reach, most_names, told)),
        Outcome::Compatible | Outcome::Inconclusive => None,
    }
}

/// Whether the report passes, and why, and how much is waived for it.
fn gate_line(gate: Gate, report: &ConnectorReport) -> GateLine {
    let (mut line, why) = gate_reason(gate, report);
    let word = match gate.because.passes() {
        Some(true) => "passes",
        Some(false) => "fails",
        None => "cannot pass",
    };
    let is_told_by_counts = why.is_none();
    if let Some(why) = why {
        line = format!("{line}: {why}");
    }
    let problems = report.problems.iter().filter(|problem| problem.waived.is_some()).count();
    let counts = [(report.summary.waived, "finding"), (problems, "problem")];
    let waived: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| phrase::count(*count, what))
        .collect();
    match waived.as_slice() {
        [] => GateLine { word, line, is_told_by_counts },
        waived => {
            let line = format!("{line}; {} waived", waived.join(" and "));
            GateLine { word, line, is_told_by_counts: false }
        }
    }
}

/// Whether the report passes, and why; no reason where the counts of changes are it.
fn gate_reason(gate: Gate, report: &ConnectorReport) -> (String, Option<String>) {
    let option = match gate.by_policy {
        true => format!("fail-on {} of the policy file", gate.fail_on.name()),
        false => format!("--fail-on {}", gate.fail_on.name()),
    };
    let because = |why: &str| Some(why.to_owned());
    let why = match gate.because {
        Because::Unreadable => {
            let errors = phrase::count(report.errors.len(), "error");
            return ("cannot pass".to_owned(), Some(format!("{errors} in what was read")));
        }
        Because::NothingToCompare => {
            return ("cannot pass".to_owned(), because("nothing could be compared"));
        }
        Because::BreaksUndeclared => because(match report.verdict.declaration {
            _ if is_only_invalid(&breaking(report)) => "the new version does not start",
            Declaration::Missing => "the break is not declared",
            Declaration::Incomplete if warns_nobody(report) => {
                "the entry that declares the break warns nobody"
            }
            Declaration::Incomplete => "the break is declared in part",
            _ => "the version that declares the break is too small a step",
        }),
        Because::Declaration { errors } => {
            let errors = phrase::count(errors, "error");
            return ("fails".to_owned(), Some(format!("{errors}, which {option} counts")));
        }
        Because::Declared if !is_declared(&report.verdict) => {
            because("what the declaration of the break lacks is waived")
        }
        Because::Declared => because("the break is declared"),
        Because::Breaks | Because::Open | Because::Clean | Because::Ignored => None,
    };
    let word = if gate.because.passes() == Some(true) { "passes" } else { "fails" };
    (format!("{word} ({option})"), why)
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
        // A destination has no catalog.
        let is_none =
            report.connector_type == ConnectorType::Destination && coverage.artifact == Artifact::Catalog;
        coverage.artifact != Artifact::Metadata
            && !is_none
            && (coverage.old != CoverageStatus::Complete || coverage.new != CoverageStatus::Complete)
    });
    // What was seen alike is named together.
    let mut by_status: Vec<(&str, Vec<&str>)> = Vec::new();
    for (artifact, status) in partial.map(|coverage| {
        let status = match (coverage.old, coverage.new) {
            (CoverageStatus::Absent, CoverageStatus::Absent) => "not seen",
            (CoverageStatus::Absent, _) | (_, CoverageStatus::Absent) => "seen on one side",
            _ => "seen in part",
        };
        (coverage.subject(), status)
    }) {
        match by_status.last_mut() {
            Some((last, artifacts)) if *last == status => artifacts.push(artifact),
            _ => by_status.push((status, vec![artifact])),
        }
    }
    by_status.into_iter().map(|(status, artifacts)| format!("{} {status}", artifacts.join(" and "))).collect()
}
