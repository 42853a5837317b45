//! The config migrations that would absorb the breaks of a spec, each tried before it is said.
//!
//! For every break the `candidates` are steps that the CDK knows. Each is tried with the migrations that the
//! new manifest has, on configs drawn from the old spec, as `migration::Trial` tries them: it is offered only where the
//! new spec refuses none of them for what is broken, and nothing is lost. Where two are left, both are said and none is
//! chosen. Where none is, the reason is said.

mod bench;
mod candidates;
mod edited;
mod entries;
mod formats;
mod judges;
mod recipes;
mod state;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::judge::{Extent, SavedConfigs, saved_configs};
use crate::model::{
    Artifact, ConfigStep, Connector, ConnectorReport, Evidence, Finding, Level, StepKind, Words,
};
use bench::{Bench, Count, Prepared};
use candidates::Specs;
pub use edited::with_state_edits;
pub use judges::Judges;
pub use state::{
    LEGACY_MIGRATION, StateAnswer, StateBreak, StateEdit, StateProposal, StateProposals, propose_state,
    state_breaks,
};
pub use write::{Written, patch, recipe, written};

/// So many configs a proposal is tried on.
pub const TRIED: usize = 1000;

/// A break of the spec, as a report tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Break {
    /// The rule that found it.
    pub rule: &'static str,
    /// The property.
    pub field: Vec<String>,
    /// Whether it is about a property that is required now.
    pub is_required: bool,
}

/// A migration that absorbs breaks.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// What it does, in a sentence.
    pub what: String,
    /// Its steps.
    pub steps: Vec<ConfigStep>,
    /// What it does to values, for the forms that are no manifest.
    pub moves: Vec<Move>,
    /// The breaks that it absorbs, by their number.
    pub absorbs: Vec<usize>,
    /// How many configs it was tried on.
    pub tried: usize,
    /// Other new properties that the same value may be meant for.
    pub rivals: Vec<Vec<String>>,
}

impl Proposal {
    fn is_same_name(&self) -> bool {
        matches!(self.moves.as_slice(), [Move::Value { from, to, .. }] if from.last() == to.last())
    }
}

/// What a proposal does to a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Move {
    /// It stands elsewhere.
    Value {
        /// Where it stood.
        from: Vec<String>,
        /// Where it stands.
        to: Vec<String>,
        /// The objects that are removed with what stood there.
        gone: Vec<Vec<String>>,
    },
    /// Values stand in an object that is made for them.
    Into {
        /// The object.
        holder: Vec<String>,
        /// What else the object holds.
        constants: Vec<(Vec<String>, Value)>,
        /// From where, to where, and whether it is in every config that is migrated.
        values: Vec<(Vec<String>, Vec<String>, bool)>,
        /// The objects that are removed with what stood there.
        gone: Vec<Vec<String>>,
    },
    /// It stands in an object in its own place.
    IntoItself {
        /// The place.
        path: Vec<String>,
        /// What else the object holds.
        constants: Vec<(Vec<String>, Value)>,
        /// Where it stands in it.
        to: Vec<String>,
    },
    /// It is the only element of a list.
    IntoList {
        /// The place.
        path: Vec<String>,
    },
    /// It is the only element of a list elsewhere.
    IntoListAt {
        /// Where it stood.
        from: Vec<String>,
        /// The list.
        to: Vec<String>,
        /// The objects that are removed with what stood there.
        gone: Vec<Vec<String>>,
    },
    /// It is set where there is none.
    Set {
        /// The place.
        path: Vec<String>,
        /// The value.
        value: Value,
    },
    /// It is removed.
    Remove {
        /// The place.
        path: Vec<String>,
    },
    /// One value becomes another.
    Replace {
        /// The place.
        path: Vec<String>,
        /// Old values with the new ones.
        map: Vec<(Value, Value)>,
    },
    /// It is worked out of what it was.
    Computed {
        /// The place.
        path: Vec<String>,
    },
}

/// What is there for one break.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// A migration of the new manifest absorbs it already, or one proposal does.
    Absorbed(usize),
    /// Several would do: which is meant only the author knows.
    Several(Vec<usize>),
    /// None does.
    None {
        /// Why.
        why: String,
    },
}

/// The proposals for a pair of versions.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Proposals {
    /// The breaks.
    pub breaks: Vec<Break>,
    /// What was found; those of one break that are alternatives among them.
    pub proposals: Vec<Proposal>,
    /// For each break what is there.
    pub answers: Vec<Answer>,
    /// Why nothing could be tried.
    pub reason: Option<String>,
    /// On how many configs all that is not open was tried together, and how many of them the new spec accepts.
    pub together: Option<(usize, usize)>,
}

impl Proposals {
    /// The proposals that are no alternatives, in order.
    pub fn chosen(&self) -> Vec<&Proposal> {
        let all = self.proposals.iter().enumerate();
        all.filter(|(index, _)| self.is_chosen(*index)).map(|(_, one)| one).collect()
    }

    /// Whether a proposal is no alternative.
    fn is_chosen(&self, index: usize) -> bool {
        let own = self.proposals.get(index).and_then(|one| one.absorbs.first());
        !matches!(own.and_then(|broken| self.answers.get(*broken)), Some(Answer::Several(_)))
    }
}

/// The breaks of the spec that a report finds and that no migration of the manifest absorbs.
pub fn breaks(report: &ConnectorReport) -> Vec<Break> {
    of_findings(&report.findings)
}

/// Whether a config migration may absorb what was found.
fn is_break(finding: &Finding) -> bool {
    finding.artifact == Artifact::Spec
        && finding.level == Level::Breaking
        && finding.own_level == Level::Breaking
        && matches!(finding.evidence, Evidence::Witness { .. } | Evidence::Sample { .. } | Evidence::Rule)
        && !finding.rule.starts_with("spec-migration-")
}

fn of_findings(findings: &[Finding]) -> Vec<Break> {
    let mut breaks: Vec<Break> = findings
        .iter()
        .filter(|finding| is_break(finding))
        .map(|finding| Break {
            rule: finding.rule,
            field: finding.field.clone(),
            is_required: finding.rule.contains("required"),
        })
        .collect();
    // What is missing is moved before anything is removed.
    breaks.sort_by_key(|one| one.rule.contains("removed") || one.rule.contains("closed"));
    breaks.dedup();
    breaks
}

/// So many configs are tried for what a report says.
const TRIED_FOR_ADVICE: usize = 200;

/// How it is said that migrations absorb a break: one that is written, or several of which none is.
pub(crate) const ADVICE: [&str; 2] = [
    "Ship the config migration that `connector-diff migrate` writes",
    "Choose one of the config migrations that `connector-diff migrate` prints",
];

/// So many breaks are tried for what a report says: each is tried on every config, and a report is not what waits for it.
const MOST_ADVISED: usize = 10;

/// Says of each break that a migration would absorb that there is one, and how to get it.
pub fn advise(findings: &mut [Finding], old: &Connector, new: &Connector) {
    state::advise(findings, old, new);
    let breaks = of_findings(findings);
    if breaks.is_empty() || breaks.len() > MOST_ADVISED || old.spec.is_none() || new.spec.is_none() {
        return;
    }
    let found = tried(old, new, breaks, TRIED_FOR_ADVICE, Count::First);
    for finding in findings.iter_mut().filter(|finding| is_break(finding)) {
        let at = found.breaks.iter().position(|one| one.rule == finding.rule && one.field == finding.field);
        let text = match at.and_then(|at| found.answers.get(at)) {
            Some(Answer::Absorbed(_)) => {
                Words::marked(ADVICE[0]).and_text(": it absorbs this for every config that was tried.")
            }
            Some(Answer::Several(_)) => {
                Words::marked(ADVICE[1]).and_text(": each absorbs this for every config that was tried.")
            }
            _ => continue,
        };
        let usual = std::mem::take(&mut finding.action);
        finding.action = usual.without_migration().preceded_by(StepKind::ShipMigration, text);
    }
}

/// Finds migrations for breaks, and tries each on `count` configs.
pub fn propose(old: &Connector, new: &Connector, breaks: Vec<Break>, count: usize) -> Proposals {
    tried(old, new, breaks, count, Count::All)
}

fn tried(old: &Connector, new: &Connector, breaks: Vec<Break>, count: usize, failures: Count) -> Proposals {
    let fields: Vec<Vec<String>> = breaks.iter().map(|one| one.field.clone()).collect();
    let untried = |breaks: Vec<Break>, reason: String| {
        let answers = breaks.iter().map(|_| Answer::None { why: reason.clone() }).collect();
        Proposals { breaks, answers, reason: Some(reason), ..Proposals::default() }
    };
    // Where one failure is enough to know, nothing is said of how many configs were tried.
    let extent = match failures {
        Count::First => Extent::Differing,
        Count::All => Extent::Whole,
    };
    let saved = match saved_configs(old, new, (count, extent), &fields) {
        Ok(saved) => saved,
        Err(error) => return untried(breaks, error.to_string()),
    };
    let specs = Specs::new(&saved.before, &saved.after);
    let bench = Bench::new(&new.config_rules, &saved, failures, &new.limits);
    let mut search =
        Search { bench, found: Proposals { breaks, ..Proposals::default() }, chosen: Chosen::default() };
    for index in 0..search.found.breaks.len() {
        let answer = search.answer(index, &specs, &saved);
        search.found.answers.push(answer);
    }
    let Search { bench, mut found, chosen } = search;
    let steps: Vec<&Prepared> = chosen.steps.values().collect();
    found.together = (!steps.is_empty()).then(|| bench.accepted(&steps));
    found
}

/// The proposals that are no alternatives, with the properties of the root that each is about.
#[derive(Default)]
struct Chosen {
    steps: BTreeMap<usize, Prepared>,
    by_root: BTreeMap<String, Vec<usize>>,
}

impl Chosen {
    fn add(&mut self, number: usize, steps: Prepared) {
        for root in steps.roots().into_iter().flatten() {
            self.by_root.entry(root.clone()).or_default().push(number);
        }
        self.steps.insert(number, steps);
    }

    /// Those that are about any of some properties of the root.
    fn near<'r>(&self, roots: impl IntoIterator<Item = &'r String>) -> BTreeSet<usize> {
        roots.into_iter().filter_map(|root| self.by_root.get(root)).flatten().copied().collect()
    }
}

struct Search<'b> {
    bench: Bench<'b>,
    found: Proposals,
    chosen: Chosen,
}

impl Search<'_> {
    /// What there is for a break. What was found before and is about the same properties goes first; the rest has nothing to
    /// do with it.
    fn answer(&mut self, index: usize, specs: &Specs<'_>, saved: &SavedConfigs) -> Answer {
        let broken = self.found.breaks[index].clone();
        let steps_of = |near: &BTreeSet<usize>| {
            near.iter().filter_map(|at| self.chosen.steps.get(at)).collect::<Vec<_>>()
        };
        let near = self.chosen.near(broken.field.first());
        if !near.is_empty() && self.bench.speaks_against(&steps_of(&near), &broken).is_none() {
            let does =
                |at: &&usize| self.chosen.steps.get(at).is_some_and(|steps| steps.is_about(&broken.field));
            let by = near.iter().find(does).or(near.last()).copied().unwrap_or_default();
            self.found.proposals[by].absorbs.push(index);
            return Answer::Absorbed(by);
        }
        let (candidates, why) = candidates::of_break(specs, &broken);
        let mut passed = Vec::new();
        let mut failed = None;
        for candidate in candidates {
            let steps = Prepared::of(&candidate.steps);
            let near =
                self.chosen.near(broken.field.first().into_iter().chain(steps.roots().into_iter().flatten()));
            let mut all = steps_of(&near);
            all.push(&steps);
            match self.bench.speaks_against(&all, &broken) {
                None => {
                    let tried = saved.configs().len();
                    passed.push((Proposal { absorbs: vec![index], tried, ..candidate }, steps));
                }
                Some(failure) => {
                    failed.get_or_insert(format!(
                        "{} It was tried, and is not offered: {failure}",
                        candidate.what
                    ));
                }
            }
        }
        let first = self.found.proposals.len();
        let several = first..first + passed.len();
        match passed.pop() {
            None => Answer::None { why: failed.unwrap_or(why) },
            Some((only, steps)) if passed.is_empty() && only.rivals.is_empty() => {
                self.found.proposals.push(only);
                self.chosen.add(first, steps);
                Answer::Absorbed(first)
            }
            Some(last) => {
                self.found.proposals.extend(passed.into_iter().chain([last]).map(|(proposal, _)| proposal));
                Answer::Several(several.collect())
            }
        }
    }
}

/// Proposals as lines of a manifest, for a list of migrations.
pub fn manifest_lines(proposals: &[&Proposal]) -> String {
    proposals.iter().map(|proposal| write::lines(&written(proposal))).collect()
}
