//! The config migrations that would absorb the breaks of a spec, each tried before it is said.
//!
//! For every break the `candidates` are steps that the CDK knows. Each is tried with the migrations that the
//! new manifest has, on configs drawn from the old spec, as `migration::Trial` tries them: it is offered only where the
//! new spec refuses none of them for what is broken, and nothing is lost. Where two are left, both are said and none is
//! chosen. Where none is, the reason is said.

mod candidates;
mod edited;
mod entries;
mod formats;
mod judges;
mod recipes;
mod state;
mod write;

use std::cell::Cell;
use std::collections::BTreeSet;

use serde_json::Value;

use crate::judge::{SavedConfigs, saved_configs};
use crate::limits;
use crate::migration::{Failure, Migrations, Trial};
use crate::model::{
    Artifact, ConfigRules, ConfigStep, Connector, ConnectorReport, Evidence, Finding, Level, StepKind, Words,
};
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
    pub rule: String,
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
    /// Whether a step reads, sets or removes something in or around a property of the root that others touch too.
    fn meets(&self, roots: &BTreeSet<String>) -> bool {
        roots_of(&self.steps).iter().any(|root| roots.contains(root))
    }

    fn is_same_name(&self) -> bool {
        matches!(self.moves.as_slice(), [Move::Value { from, to, .. }] if from.last() == to.last())
    }
}

/// The properties of the root that steps read, set or remove.
fn roots_of(steps: &[ConfigStep]) -> BTreeSet<String> {
    Migrations::of(steps).places().into_iter().filter_map(|path| path.into_iter().next()).collect()
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
            rule: finding.rule.clone(),
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
                "Ship the config migration that `connector-diff migrate` writes: it absorbs this for every config that was tried."
            }
            Some(Answer::Several(_)) => {
                "Choose one of the config migrations that `connector-diff migrate` prints: each absorbs this for every config \
                 that was tried."
            }
            _ => continue,
        };
        let usual = std::mem::take(&mut finding.action);
        finding.action = usual.without_migration().preceded_by(StepKind::ShipMigration, Words::marked(text));
    }
}

/// Finds migrations for breaks, and tries each on `count` configs.
pub fn propose(old: &Connector, new: &Connector, breaks: Vec<Break>, count: usize) -> Proposals {
    tried(old, new, breaks, count, Count::All)
}

/// How many of the configs that speak against a candidate are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Count {
    All,
    First,
}

fn tried(old: &Connector, new: &Connector, breaks: Vec<Break>, count: usize, failures: Count) -> Proposals {
    let fields: Vec<Vec<String>> = breaks.iter().map(|one| one.field.clone()).collect();
    let saved = match saved_configs(old, new, count, &fields) {
        Ok(saved) => saved,
        Err(reason) => {
            let answers = breaks.iter().map(|_| Answer::None { why: reason.clone() }).collect();
            return Proposals { breaks, answers, reason: Some(reason), ..Proposals::default() };
        }
    };
    let specs = Specs::new(&saved.before, &saved.after);
    let left = Cell::new(new.limits.trials);
    let bench =
        Bench { rules: &new.config_rules, saved: &saved, failures, most: new.limits.trials, left: &left };
    let mut found = Proposals { breaks, ..Proposals::default() };
    for index in 0..found.breaks.len() {
        let broken = found.breaks[index].clone();
        // What was found before and is about the same properties goes first; the rest has nothing to do with it.
        let chosen = |found: &Proposals, roots: &BTreeSet<String>| -> (Vec<usize>, Vec<ConfigStep>) {
            let all = found.proposals.iter().enumerate();
            let near: Vec<(usize, &Proposal)> =
                all.filter(|(at, one)| found.is_chosen(*at) && one.meets(roots)).collect();
            let steps = near.iter().flat_map(|(_, one)| one.steps.iter().cloned()).collect();
            (near.into_iter().map(|(at, _)| at).collect(), steps)
        };
        let own: BTreeSet<String> = broken.field.first().cloned().into_iter().collect();
        let (near, steps) = chosen(&found, &own);
        if !near.is_empty() && bench.speaks_against(&steps, &broken).is_none() {
            let does = |at: &&usize| {
                Migrations::of(&found.proposals[**at].steps).step_about(&broken.field).is_some()
            };
            let by = near.iter().find(does).or(near.last()).copied().unwrap_or_default();
            found.proposals[by].absorbs.push(index);
            found.answers.push(Answer::Absorbed(by));
            continue;
        }
        let (candidates, why) = candidates::of_break(&specs, &broken);
        let mut passed = Vec::new();
        let mut failed = None;
        for candidate in candidates {
            let mut roots = roots_of(&candidate.steps);
            roots.extend(own.iter().cloned());
            let (_, before) = chosen(&found, &roots);
            let all = [before.as_slice(), &candidate.steps].concat();
            match bench.speaks_against(&all, &broken) {
                None => {
                    passed.push(Proposal { absorbs: vec![index], tried: saved.configs().len(), ..candidate })
                }
                Some(failure) => {
                    failed.get_or_insert(format!(
                        "{} It was tried, and is not offered: {failure}",
                        candidate.what
                    ));
                }
            }
        }
        let first = found.proposals.len();
        match passed.as_slice() {
            [] => found.answers.push(Answer::None { why: failed.unwrap_or(why) }),
            [only] if only.rivals.is_empty() => {
                found.proposals.extend(passed);
                found.answers.push(Answer::Absorbed(first));
            }
            several => {
                let count = several.len();
                found.proposals.extend(passed);
                found.answers.push(Answer::Several((first..first + count).collect()));
            }
        }
    }
    let steps: Vec<ConfigStep> = found.chosen().iter().flat_map(|one| one.steps.iter().cloned()).collect();
    found.together = (!steps.is_empty()).then(|| bench.accepted(&steps));
    found
}

/// What proposals are tried with.
struct Bench<'b> {
    rules: &'b ConfigRules,
    saved: &'b SavedConfigs,
    failures: Count,
    /// So many configs may be tried.
    most: u64,
    /// And so many still.
    left: &'b Cell<u64>,
}

impl Bench<'_> {
    fn migrations(&self, steps: &[ConfigStep]) -> Migrations {
        let mut rules = self.rules.clone();
        rules.migrations.extend(steps.iter().cloned());
        Migrations::new(&rules)
    }

    fn trial<'t>(&'t self, migrations: &'t Migrations) -> Trial<'t> {
        let SavedConfigs { accepts_new, .. } = self.saved;
        Trial { migrations, new: accepts_new, secrets: self.saved.secrets(), others: self.saved.others() }
    }

    /// The first thing that speaks against steps, as far as a property is concerned. What loses a value speaks against
    /// them wherever it is lost.
    fn speaks_against(&self, steps: &[ConfigStep], broken: &Break) -> Option<String> {
        let migrations = self.migrations(steps);
        let own = self.rules.migrations.len();
        let counts = |failure: &Failure| match failure {
            // That a value is missing is another break than which values are taken.
            Failure::Refused { refusals, .. } => refusals.iter().any(|refusal| {
                refusal.is_about(&broken.field) && (broken.is_required || !refusal.is_missing)
            }),
            // What a step of the manifest does is not the fault of the proposal.
            Failure::Repeats(loss) | Failure::Overwrites(loss) | Failure::LosesSecret(loss) => {
                loss.step >= own
            }
            _ => true,
        };
        if self.failures == Count::First
            && let Some(failure) = self.first_failure(&migrations, &counts)
        {
            return Some(said(&failure, broken));
        }
        let cost = (self.saved.configs().len() + self.saved.others().len()) as u64;
        let Some(left) = self.left.get().checked_sub(cost) else {
            let most = limits::TRIALS.exceeded(
                "the candidates of all breaks are tried on more configs",
                self.most,
                None,
            );
            return Some(format!("it was not tried: {most}"));
        };
        self.left.set(left);
        let trial = self.trial(&migrations);
        let mut failed = (0, None);
        let is_enough = |failed: &(usize, Option<String>)| failed.0 > 0 && self.failures == Count::First;
        for config in self.saved.configs() {
            if is_enough(&failed) {
                break;
            }
            if let Some(failure) = trial.of(config).failures.iter().find(|failure| counts(failure)) {
                failed.0 += 1;
                failed.1.get_or_insert_with(|| said(failure, broken));
            }
        }
        if self.saved.configs().is_empty() {
            return Some("no config could be drawn from the old spec".to_owned());
        }
        if let (count, Some(first)) = failed {
            return Some(format!(
                "{count} of {} configs fail, the first because {first}.",
                self.saved.configs().len()
            ));
        }
        let mut failed = (0, None);
        for config in self.saved.others() {
            if is_enough(&failed) {
                break;
            }
            if let Some(failure) = trial.of_new(config).iter().find(|failure| counts(failure)) {
                failed.0 += 1;
                failed.1.get_or_insert_with(|| said(failure, broken));
            }
        }
        let (count, first) = failed;
        first.map(|first| {
            let all = self.saved.others().len();
            format!("{count} of {all} configs of the new version fail, the first because {first}.")
        })
    }

    /// What the first configs say against steps. Most candidates that fail do so at once, and then the others need not be
    /// drawn. Only that counts which does not rest on what the new version saves, so that the trial on all configs would find
    /// the same config to fail.
    fn first_failure(&self, migrations: &Migrations, counts: &dyn Fn(&Failure) -> bool) -> Option<Failure> {
        let SavedConfigs { accepts_new, .. } = self.saved;
        let trial = Trial { migrations, new: accepts_new, secrets: &[], others: &[] };
        let is_of_start = |failure: &Failure| {
            use Failure as F;
            matches!(failure, F::Refused { .. } | F::Invalid { .. } | F::Stops { .. } | F::Opaque(_))
        };
        let fails = |config: &Value| {
            let failures = trial.of(config).failures;
            failures.into_iter().find(|failure| is_of_start(failure) && counts(failure))
        };
        self.saved.first().iter().find_map(fails)
    }

    /// How many configs there are, and how many pass.
    fn accepted(&self, steps: &[ConfigStep]) -> (usize, usize) {
        let migrations = self.migrations(steps);
        let trial = self.trial(&migrations);
        let passed = self.saved.configs().iter().filter(|config| trial.starts(config)).count();
        (self.saved.configs().len(), passed)
    }
}

fn said(failure: &Failure, broken: &Break) -> String {
    match failure {
        Failure::Refused { refusals, second } => {
            let about = refusals.iter().find(|refusal| refusal.is_about(&broken.field)).or(refusals.first());
            let first = about.map_or("it is refused", |refusal| refusal.message.as_str());
            let at = about.map(|refusal| refusal.at.join("/")).unwrap_or_default();
            let when = if *second { " at the second start" } else { "" };
            match at.is_empty() {
                true => format!("the new spec refuses it{when}: {first}"),
                false => format!("the new spec refuses it{when}: {first} (at /{at})"),
            }
        }
        Failure::Invalid { why } => format!("a validation refuses it: {why}"),
        Failure::Stops { halt, .. } => format!("the connector stops: {}", halt.why),
        Failure::Opaque(halt) => format!("a step cannot be followed: {}", halt.why),
        Failure::Repeats(loss) => format!("the second start changes `{}` again", loss.at.join("/")),
        Failure::Overwrites(loss) => format!("a value of `{}` would be replaced", loss.at.join("/")),
        Failure::LosesSecret(loss) => format!("the secret `{}` would be lost", loss.at.join("/")),
    }
}

/// Proposals as lines of a manifest, for a list of migrations.
pub fn manifest_lines(proposals: &[&Proposal]) -> String {
    proposals.iter().map(|proposal| write::lines(&written(proposal))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::load::{self, Request};
    use crate::tree::Memory;

    /// What a report advises is what the trial on all configs finds: the first configs only speak against candidates that it
    /// refuses as well.
    #[test]
    fn the_first_configs_refuse_what_all_refuse() {
        let connector = |required: Value, properties: Value| {
            let schema = json!({"type": "object", "required": required, "properties": properties});
            let spec = json!({"connectionSpecification": schema}).to_string();
            load::connector_in(&Request::new(Memory::new("side").file("spec.json", spec)))
        };
        let text = json!({"type": "string"});
        let broken = |rule: &str, field: &str, is_required: bool| Break {
            rule: rule.to_owned(),
            field: vec![field.to_owned()],
            is_required,
        };
        let retyped = |was: &str, is: &str| {
            let property = |kind: &str| json!({"a": {"type": kind}, "b": text});
            (property(was), json!([]), property(is), broken("spec-type-changed", "a", false))
        };
        let values = |values: &[&str]| json!({"a": {"type": "string", "enum": values}, "b": text});
        let mut kinds = BTreeSet::new();
        for (before, required, after, one) in [
            retyped("string", "integer"),
            retyped("integer", "string"),
            retyped("boolean", "integer"),
            (
                values(&["one-a", "two"]),
                json!([]),
                values(&["one_a", "two"]),
                broken("spec-enum", "a", false),
            ),
            (values(&["one", "two"]), json!([]), values(&["two"]), broken("spec-enum", "a", false)),
            (
                json!({"api_key": text, "b": text}),
                json!(["key"]),
                json!({"key": text, "b": text}),
                broken("spec-required", "key", true),
            ),
            (
                json!({"b": text}),
                json!(["a"]),
                json!({"a": {"type": "string", "default": "x"}, "b": text}),
                broken("spec-required", "a", true),
            ),
        ] {
            let (old, new) = (connector(json!([]), before), connector(required, after));
            let kind = |count| {
                let found = tried(&old, &new, vec![one.clone()], TRIED_FOR_ADVICE, count);
                found.answers.iter().map(std::mem::discriminant).collect::<Vec<_>>()
            };
            let (first, all) = (kind(Count::First), kind(Count::All));
            assert_eq!(first, all, "{one:?}");
            kinds.insert(format!("{first:?}"));
        }
        // Some are absorbed and some are not.
        assert!(kinds.len() > 1, "{kinds:?}");
    }
}
