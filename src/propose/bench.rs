//! Where candidates are tried.
//!
//! A candidate is tried with the steps that have to do with it, on the properties of the config that these are about
//! (`migration::Ground`): so that many breaks cost what each of them touches.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Break;
use crate::judge::{SavedConfigs, too_many_migration_steps};
use crate::limits::{self, Limits};
use crate::migration::{Configs, Failure, Ground, Group, Halt, Migrations, Part, Slice, Trial, Writes};
use crate::model::{ConfigRules, ConfigStep, Pointer};

/// How many of the configs that speak against a candidate are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    All,
    First,
}

/// Steps whose templates were read.
#[derive(Debug)]
pub(super) struct Prepared {
    migrations: Migrations,
    /// The properties of the root that they are about; `None` where that may be any.
    roots: Option<BTreeSet<String>>,
    writes: Writes,
}

impl Prepared {
    pub(super) fn of(steps: &[ConfigStep]) -> Self {
        let migrations = Migrations::of(steps);
        let roots = migrations.roots();
        let writes = migrations.writes();
        Self { migrations, roots, writes }
    }

    pub(super) fn roots(&self) -> Option<&BTreeSet<String>> {
        self.roots.as_ref()
    }

    pub(super) fn is_about(&self, field: &[String]) -> bool {
        self.migrations.step_about(field).is_some()
    }
}

/// What stops the connector, whatever is proposed.
#[derive(Debug)]
struct Stop {
    part: usize,
    config: usize,
    failure: Failure,
}

/// What proposals are tried with. The configs are drawn where a candidate gets that far.
pub(super) struct Bench<'b> {
    rules: &'b ConfigRules,
    saved: &'b SavedConfigs,
    failures: Count,
    limits: &'b Limits,
    all: OnceCell<Stand<'b>>,
    first: OnceCell<Vec<Value>>,
}

/// Properties, with the parts of the manifest's own migrations that are about them.
type Near<'p> = (BTreeSet<String>, Vec<(usize, &'p Part)>);

/// The same on all configs.
struct Stand<'b> {
    saved: &'b SavedConfigs,
    ground: Ground<'b>,
    /// All of the ground, where it is asked for.
    whole: OnceCell<Slice<'b>>,
    own: Migrations,
    own_writes: Writes,
    /// The migrations of the manifest, by what they are about; `None` where that may be anything.
    parts: Option<Vec<Part>>,
    part_of: BTreeMap<String, usize>,
    /// Of configs of the old version, and of the new one.
    halts: [Vec<Stop>; 2],
    failures: Count,
    limits: &'b Limits,
    /// So many configs may still be tried.
    left: Cell<u64>,
}

impl<'b> Bench<'b> {
    pub(super) fn new(
        rules: &'b ConfigRules,
        saved: &'b SavedConfigs,
        failures: Count,
        limits: &'b Limits,
    ) -> Self {
        Self { rules, saved, failures, limits, all: OnceCell::new(), first: OnceCell::new() }
    }

    fn all(&self) -> &Stand<'b> {
        self.all.get_or_init(|| Stand::new(self.rules, self.saved, self.failures, self.limits))
    }

    /// The first thing that speaks against steps, as far as a property is concerned. What loses a value speaks against
    /// them wherever it is lost.
    pub(super) fn speaks_against(&self, steps: &[&Prepared], broken: &Break) -> Option<String> {
        let at_once = if self.failures == Count::First { self.first_failure(steps, broken) } else { None };
        at_once.or_else(|| self.all().speaks_against(steps, broken))
    }

    /// What the first configs say against steps. Most candidates that fail do so at once, and then the others need not be
    /// drawn. Only that counts which does not rest on what the new version saves, so that the trial on all configs would find
    /// the same config to fail.
    fn first_failure(&self, steps: &[&Prepared], broken: &Break) -> Option<String> {
        let own = Migrations::new(self.rules);
        let count = own.steps() + steps.iter().map(|steps| steps.migrations.steps()).sum::<usize>();
        if too_many_migration_steps(count, self.limits).is_some() {
            return None;
        }
        let migrations = own.followed_by(steps.iter().map(|steps| &steps.migrations));
        let first = self.first.get_or_init(|| self.saved.first());
        let ground = Ground::new(&self.saved.after, false, (Configs::of(first), &[]), &[]);
        let slice = ground.whole(self.saved.accepts_new.clone());
        let trial = slice.trial(&migrations);
        let counts = |failure: &Failure| match failure {
            Failure::Refused { .. } => speaks_of(failure, broken),
            failure => is_halt(failure),
        };
        slice.old_configs().find_map(|(_, config)| {
            let failures = trial.of(&config).failures;
            failures.iter().find(|failure| counts(failure)).map(|failure| said(failure, broken))
        })
    }

    /// How many configs there are, and how many pass with all of these steps.
    pub(super) fn accepted(&self, steps: &[&Prepared]) -> (usize, usize) {
        self.all().accepted(steps)
    }
}

impl<'b> Stand<'b> {
    fn new(rules: &ConfigRules, saved: &'b SavedConfigs, failures: Count, limits: &'b Limits) -> Self {
        let configs = (Configs::of(saved.configs()), saved.others());
        let ground = Ground::new(&saved.after, saved.is_apart, configs, saved.secrets());
        let own = Migrations::new(rules);
        let parts = own.parts().filter(|_| ground.is_apart());
        let mut part_of = BTreeMap::new();
        let mut halts = [Vec::new(), Vec::new()];
        for (index, part) in parts.iter().flatten().enumerate() {
            part_of.extend(part.roots.iter().map(|root| (root.clone(), index)));
            if let Some(why) = too_many_migration_steps(part.steps.len(), limits) {
                let failure = Failure::Opaque(Halt { pointer: Pointer::root(), why });
                halts[0].push(Stop { part: index, config: 0, failure });
                continue;
            }
            let all = || ground.whole(saved.accepts_new.clone());
            let slice = ground.slice(&part.roots).unwrap_or_else(all);
            let trial = slice.trial(&part.migrations);
            let found = |group: &Group, failures: Vec<Failure>| -> Vec<Stop> {
                let halts = failures.into_iter().filter(is_halt);
                halts
                    .flat_map(|failure| {
                        group.of.iter().map(move |config| Stop {
                            part: index,
                            config: *config,
                            failure: failure.clone(),
                        })
                    })
                    .collect()
            };
            let of_old = |(group, config): (&Group, Cow<'_, Value>)| found(group, trial.of(&config).failures);
            halts[0].extend(slice.old_configs().flat_map(of_old));
            halts[1]
                .extend(slice.new_configs().flat_map(|(group, config)| found(group, trial.of_new(config))));
        }
        halts.iter_mut().for_each(|halts| halts.sort_by_key(|halt| halt.config));
        let (whole, left) = (OnceCell::new(), Cell::new(limits.trials));
        let own_writes = own.writes();
        Self { saved, ground, whole, own, own_writes, parts, part_of, halts, failures, limits, left }
    }

    fn speaks_against(&self, steps: &[&Prepared], broken: &Break) -> Option<String> {
        if self.saved.configs().is_empty() {
            return Some("no config could be drawn from the old spec".to_owned());
        }
        let sliced;
        let (slice, migrations, own) = match self.near(steps, broken) {
            Some((roots, own)) => {
                sliced = self.slice(&roots);
                (&sliced, self.own.joined(&own.iter().map(|(_, part)| *part).collect::<Vec<_>>()), Some(own))
            }
            None => (self.whole(), self.own.clone(), None),
        };
        let cost = (slice.configs.len() + slice.others.len()) as u64;
        let Some(left) = self.left.get().checked_sub(cost) else {
            let most = limits::TRIALS.exceeded(
                "the candidates of all breaks are tried on more configs",
                self.limits.trials,
                None,
            );
            return Some(format!("it was not tried: {most}"));
        };
        self.left.set(left);
        let count = migrations.steps() + steps.iter().map(|steps| steps.migrations.steps()).sum::<usize>();
        if let Some(why) = too_many_migration_steps(count, self.limits) {
            return Some(format!("it was not tried: {why}"));
        }
        let first = migrations.saved_steps();
        let migrations = migrations.followed_by(steps.iter().map(|steps| &steps.migrations));
        let added = first..migrations.saved_steps();
        let trial = slice.trial(&migrations);
        let counts = |failure: &Failure| match failure {
            Failure::Refused { .. } => speaks_of(failure, broken),
            // What a step of the manifest does is not the fault of the proposal.
            Failure::Repeats(loss)
            | Failure::Overwrites(loss)
            | Failure::Merges(loss)
            | Failure::LosesSecret(loss) => added.contains(&loss.step),
            _ => true,
        };
        // What stops the connector elsewhere stands in the way of everything.
        let elsewhere = |halts: &'_ [Stop]| -> BTreeMap<usize, Failure> {
            let is_inside =
                |part: usize| own.as_ref().is_none_or(|own| own.iter().any(|(at, _)| *at == part));
            let outside = halts.iter().filter(|halt| !is_inside(halt.part));
            outside.map(|halt| (halt.config, halt.failure.clone())).collect()
        };
        type Asked<'a> = Box<dyn Iterator<Item = (&'a Group, Vec<Failure>)> + 'a>;
        let of_old: Asked<'_> =
            Box::new(slice.old_configs().map(|(group, config)| (group, trial.of(&config).failures)));
        let of_new: Asked<'_> =
            Box::new(slice.new_configs().map(|(group, config)| (group, trial.of_new(config))));
        let asked = [
            (of_old, self.saved.configs().len(), "configs"),
            (of_new, self.saved.others().len(), "configs of the new version"),
        ];
        for ((mut tried, all, name), halts) in asked.into_iter().zip(&self.halts) {
            let mut failed = elsewhere(halts);
            while failed.is_empty() || self.failures != Count::First {
                let Some((group, failures)) = tried.next() else { break };
                if let Some(failure) = failures.into_iter().find(counts) {
                    failed.extend(group.of.iter().map(|config| (*config, failure.clone())));
                }
            }
            if let Some((_, first)) = failed.first_key_value() {
                let (count, first) = (failed.len(), said(first, broken));
                return Some(format!("{count} of {all} {name} fail, the first because {first}."));
            }
        }
        None
    }

    /// The properties that steps are about, with the parts of the manifest's own migrations that are about them; `None`
    /// where they may be about any. Parts whose changes are saved where these steps change something, and those that have
    /// the changes of these steps saved, are near too.
    fn near(&self, steps: &[&Prepared], broken: &Break) -> Option<Near<'_>> {
        let parts = self.parts.as_ref()?;
        let mut roots: BTreeSet<String> = broken.field.first().cloned().into_iter().collect();
        for one in steps {
            roots.extend(one.roots()?.iter().cloned());
        }
        if roots.is_empty() {
            return None;
        }
        let mut own: BTreeSet<usize> =
            roots.iter().filter_map(|root| self.part_of.get(root).copied()).collect();
        let writes = steps.iter().fold(Writes::default(), |all, steps| all.and(steps.writes));
        if writes.meets(self.own_writes) {
            let is_written = |(_, part): &(usize, &Part)| part.migrations.writes() != Writes::default();
            own.extend(parts.iter().enumerate().filter(is_written).map(|(index, _)| index));
        }
        let own: Vec<(usize, &Part)> = own.into_iter().filter_map(|at| Some((at, parts.get(at)?))).collect();
        own.iter().for_each(|(_, part)| roots.extend(part.roots.iter().cloned()));
        Some((roots, own))
    }

    fn whole(&self) -> &Slice<'b> {
        self.whole.get_or_init(|| self.ground.whole(self.saved.accepts_new.clone()))
    }

    /// What some properties make up; all of the ground where they cannot be asked about alone.
    fn slice(&self, roots: &BTreeSet<String>) -> Slice<'b> {
        self.ground.slice(roots).unwrap_or_else(|| self.ground.whole(self.saved.accepts_new.clone()))
    }

    fn accepted(&self, steps: &[&Prepared]) -> (usize, usize) {
        let migrations = self.own.followed_by(steps.iter().map(|steps| &steps.migrations));
        let mut passes = vec![true; self.saved.configs().len()];
        let mut hold = |slice: &Slice<'_>, migrations: &Migrations| {
            let trial: Trial<'_> = slice.trial(migrations);
            let failed = slice.old_configs().filter(|(_, config)| !trial.starts(config));
            failed.flat_map(|(group, _)| &group.of).for_each(|config| passes[*config] = false);
        };
        match migrations.parts().filter(|_| self.ground.is_apart()) {
            None => hold(self.whole(), &migrations),
            Some(parts) => {
                let mut rest = self.ground.roots();
                for part in &parts {
                    part.roots.iter().for_each(|root| {
                        rest.remove(root);
                    });
                    hold(&self.slice(&part.roots), &part.migrations);
                }
                hold(&self.slice(&rest), &Migrations::of(&[]));
            }
        }
        (passes.len(), passes.into_iter().filter(|passes| *passes).count())
    }
}

/// Whether a config is refused for what a break is about. That a value is missing is another break than which values are taken.
fn speaks_of(failure: &Failure, broken: &Break) -> bool {
    match failure {
        Failure::Refused { refusals, .. } => refusals
            .iter()
            .any(|refusal| refusal.is_about(&broken.field) && (broken.is_required || !refusal.is_missing)),
        _ => false,
    }
}

/// Whether something ends a start, or is not known.
fn is_halt(failure: &Failure) -> bool {
    matches!(failure, Failure::Stops { .. } | Failure::Opaque(_) | Failure::Invalid { .. })
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
        Failure::Merges(loss) => format!("several values of `{}` would become one", loss.at.join("/")),
        Failure::LosesSecret(loss) => format!("the secret `{}` would be lost", loss.at.join("/")),
    }
}
