//! Which breaks of the spec the config migrations of the new manifest absorb, and what the migrations do wrong.
//!
//! The migrations run as the CDK runs them (`migration`) on the config that shows a break, on the samples, and on configs
//! that are drawn from the old spec (`drawn`, `listed`), around each edit and without one. A break is absorbed where every one
//! of them passes (`migration::Trial`): nothing is refused that has to do with it, at the first start or the second, and no
//! value is lost. Else the config that fails is shown, and which migration was tried.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::drawn::{LATER, later, saved_configs};
use super::inclusion::{Asked, as_validated};
use super::listed::{Each, each_value};
use super::origin;
use super::part::is_conjunction;
use super::questions::Questions;
use super::rewritten::{Rewritten, rewritten};
use super::secrets::secrets;
use crate::diff::{Change, Delta, MigrationFault, SpecChange};
use crate::limits::{self, Limits};
use crate::migration::{Configs, Failure, Ground, Halt, Merging, Migrations, Slice, Variant, Variants, at};
use crate::model::{Artifact, ConfigRules, ConfigStepKind, Connector, Decision, Pointer, Sides};
use crate::schema::{Options, Validator};

/// So many configs are drawn from a spec as a whole.
const DRAWN: usize = 400;

/// The configs that migrations are tried on, by their numbers.
struct Subjects<'s> {
    /// The files of samples, which come first.
    files: Vec<&'s str>,
    whole: Vec<Value>,
    variants: Variants<'s>,
}

impl Subjects<'_> {
    fn configs(&self) -> Configs<'_> {
        Configs { whole: &self.whole, variants: &self.variants }
    }

    /// The file of a sample.
    fn file(&self, number: usize) -> Option<&str> {
        self.files.get(number).copied()
    }

    /// How many of them have a property.
    fn holding(&self, field: &[String]) -> usize {
        let has = |config: &Value| at(config, field).is_some();
        let whole: Vec<bool> = self.whole.iter().map(has).collect();
        let is_near =
            |variant: &Variant<'_>| variant.values().any(|(place, _)| place.first() == field.first());
        let variants = self.variants.iter().filter(|variant| match self.whole.get(variant.base) {
            Some(base) if is_near(variant) => variant.of(base).is_some_and(|config| has(&config)),
            _ => whole.get(variant.base).copied().unwrap_or_default(),
        });
        whole.iter().filter(|has| **has).count() + variants.count()
    }
}

/// Judges the migrations of the new manifest.
pub(super) fn examine(asked: &mut Vec<Asked>, old: &Connector, new: &Connector) {
    asked.extend(written(old, new));
    let rules = &new.config_rules;
    let (Some(before), Some(after)) = (&old.spec, &new.spec) else { return };
    let (before, after) = (&before.value["connectionSpecification"], &after.value["connectionSpecification"]);
    if rules.is_empty() || before == after && rules == &old.config_rules {
        return;
    }
    let (before, after) = (as_validated(before), as_validated(after));
    let (before, after): (&Value, &Value) = (&before, &after);
    let Ok(mut questions) = Questions::new(before, after, &old.configs, &new.limits) else { return };
    let Ok(Sides { old: accepts_old, new: accepts_new }) = questions.validators() else { return };
    let migrations = Migrations::new(rules);
    let others = later(before, after, &accepts_new, LATER);
    // A validator is as large as several copies of its spec. Where properties are asked about one by one, nobody needs that of a whole
    // spec any more, and else it is made again.
    drop(accepts_new);
    let secrets = secrets(before);
    let edits: Vec<Vec<String>> = asked
        .iter()
        .filter(|one| may_be_absorbed(one, &migrations))
        .map(|one| one.delta.field.clone())
        .collect();
    let (files, mut whole): (Vec<&str>, Vec<Value>) =
        std::mem::take(&mut questions.samples).into_iter().unzip();
    let witnesses = asked.iter().filter_map(|one| match &one.decision {
        Some(Decision::Witness { value, .. } | Decision::Unlikely { value, .. }) => Some(value.clone()),
        _ => None,
    });
    whole.extend(witnesses);
    // What says which configs are saved is as large as the spec, and is not asked again.
    whole.extend(saved_configs(before, &questions.into_saved(), DRAWN, &edits));
    let known: Vec<&Value> = whole.iter().collect();
    let Each { variants, cut } = each_value((before, after), &edits, &migrations, &known, accepts_old);
    let subjects = Subjects { files, whole, variants };
    let specs = Sides { old: Spec::new(before), new: Spec::new(after) };
    let Found { failures, later, untried } =
        tried(&migrations, &specs.new, (&subjects, &others), &secrets, (&new.limits, cut));
    // What stops those who connect with the new version helps nobody.
    let is_end = |failure: &Failure| {
        matches!(failure, Failure::Stops { .. } | Failure::Refused { .. } | Failure::Invalid { .. })
    };
    let end = later.iter().find(|failure| is_end(failure));
    for one in asked.iter_mut().filter(|one| may_be_absorbed(one, &migrations)) {
        match end {
            None => absorb(one, &subjects, &failures, &migrations, new),
            Some(failure) => not_for_later(one, failure, &migrations, new),
        }
    }
    asked.extend(stops(&failures, &subjects, &migrations, &specs, old, new));
    let losses = failures.all.iter().map(|(_, failure)| failure).chain(&later);
    asked.extend(faults(losses, &migrations, old, new));
    asked.extend(untried.into_iter().map(|(step, reason)| {
        let place = new.config_rules.step(step).and_then(|step| targets(&step.kind).into_iter().next());
        let decision = Some(Decision::Unknown { reason });
        of_step(MigrationFault::Untried, &place.unwrap_or_default(), migrations.pointer(step), decision)
    }));
}

/// A spec, with a validator that is made where somebody asks about whole configs.
struct Spec<'s> {
    schema: &'s Value,
    validator: OnceCell<Option<Arc<Validator>>>,
}

impl<'s> Spec<'s> {
    fn new(schema: &'s Value) -> Self {
        Self { schema, validator: OnceCell::new() }
    }

    /// `None` where the validator refuses the spec.
    fn validator(&self) -> Option<&Arc<Validator>> {
        let made = || Validator::new(self.schema, &Options::default()).ok().map(Arc::new);
        self.validator.get_or_init(made).as_ref()
    }

    fn accepts(&self, config: &Value) -> bool {
        self.validator().is_some_and(|validator| validator.accepts(config))
    }
}

/// What speaks against migrations.
struct Found {
    /// With the configs that show it.
    failures: Failures,
    /// Of configs that the new version saves.
    later: Vec<Failure>,
    /// Steps that are not tried with those that they have to do with, and why.
    untried: Vec<(usize, String)>,
}

/// What speaks against migrations, each with the number of the config that shows it, by the properties that it is about.
struct Failures {
    all: Vec<(usize, Failure)>,
    /// By property of the root.
    by_root: BTreeMap<String, Vec<usize>>,
    /// What may be about any property.
    of_all: Vec<usize>,
}

impl Failures {
    fn new(all: Vec<(usize, Failure)>, migrations: &Migrations) -> Self {
        let (mut by_root, mut of_all) = (BTreeMap::<String, Vec<usize>>::new(), Vec::new());
        for (index, (_, failure)) in all.iter().enumerate() {
            match failure.roots(migrations) {
                Some(roots) => {
                    roots.into_iter().for_each(|root| by_root.entry(root).or_default().push(index))
                }
                None => of_all.push(index),
            }
        }
        Self { all, by_root, of_all }
    }

    /// Those that may be about a property.
    fn about<'f>(
        &'f self,
        field: &'f [String],
        migrations: &'f Migrations,
    ) -> impl Iterator<Item = &'f (usize, Failure)> {
        let numbers: Vec<usize> = match field.first() {
            None => (0..self.all.len()).collect(),
            Some(root) => {
                let of_root = self.by_root.get(root).into_iter().flatten();
                let mut numbers: Vec<usize> = of_root.chain(&self.of_all).copied().collect();
                numbers.sort_unstable();
                numbers
            }
        };
        let found = numbers.into_iter().filter_map(|index| self.all.get(index));
        found.filter(|(_, failure)| failure.is_about(field, migrations))
    }
}

/// Tries migrations part by part: steps of two parts do not see what the others do, nor decide whether it is saved.
fn tried(
    migrations: &Migrations,
    spec: &Spec<'_>,
    (subjects, others): (&Subjects<'_>, &[Value]),
    secrets: &[Vec<String>],
    (limits, cut): (&Limits, Option<String>),
) -> Found {
    let is_apart = is_conjunction(spec.schema);
    let ground = Ground::new(spec.schema, is_apart, (subjects.configs(), others), secrets);
    let (mut failures, mut later, mut untried) = (Vec::new(), Vec::new(), Vec::new());
    let mut is_tried = |first: usize, steps: usize| {
        let reason = too_many(steps, limits);
        let is_tried = reason.is_none();
        untried.extend(reason.map(|reason| (first, reason)));
        is_tried
    };
    let mut is_unread = false;
    let mut of_slice =
        |slice: Option<Slice<'_>>, migrations: &Migrations, number: &dyn Fn(usize) -> usize| {
            let whole = || Some(ground.whole(spec.validator()?.clone()));
            let Some(slice) = slice.or_else(whole) else {
                is_unread = true;
                return;
            };
            let trial = slice.trial(migrations);
            let mut merging = Merging::default();
            for (group, config) in slice.old_configs() {
                let mut tried = trial.of(&config);
                let merged = trial.merged(&config, &tried, &mut merging);
                for failure in std::mem::take(&mut tried.failures).into_iter().chain(merged) {
                    let failure = failure.numbered(number);
                    failures.extend(group.of.iter().map(|config| (*config, failure.clone())));
                }
            }
            let of_new = slice.new_configs().flat_map(|(_, config)| trial.of_new(config));
            later.extend(of_new.map(|failure| failure.numbered(number)));
        };
    match migrations.parts().filter(|_| ground.is_apart()) {
        None if is_tried(0, migrations.steps()) => of_slice(None, migrations, &|step| step),
        None => {}
        Some(parts) => {
            let mut rest = ground.roots();
            for part in &parts {
                part.roots.iter().for_each(|root| {
                    rest.remove(root);
                });
                if is_tried(part.number(0), part.steps.len()) {
                    of_slice(ground.slice(&part.roots), &part.migrations, &|step| part.number(step));
                }
            }
            // No step brings these together.
            for root in rest {
                of_slice(ground.property(root), &Migrations::of(&[]), &|step| step);
            }
        }
    }
    untried.extend(is_unread.then(|| (0, "the validator refuses the new spec".to_owned())));
    let blind = migrations.blind_step().map(|step| {
        let why =
            "a condition turns at what it works out of the config, and nothing says at which values it does";
        (step, why.to_owned())
    });
    for (step, why) in blind.into_iter().chain(cut.map(|why| (0, why))) {
        let pointer = migrations.pointer(step).cloned().unwrap_or_else(Pointer::root);
        failures.push((0, Failure::Opaque(Halt { pointer, why })));
    }
    for (step, why) in &untried {
        let pointer = migrations.pointer(*step).cloned().unwrap_or_else(Pointer::root);
        failures.push((0, Failure::Opaque(Halt { pointer, why: why.clone() })));
    }
    failures.sort_by_key(|(config, _)| *config);
    Found { failures: Failures::new(failures, migrations), later, untried }
}

/// Why steps that have to do with each other are not tried: there are too many.
pub fn too_many(steps: usize, limits: &Limits) -> Option<String> {
    let most = limits.migration_steps;
    let what = format!("{steps} steps have to do with each other: they are more");
    let count = u64::try_from(steps).unwrap_or(u64::MAX);
    (count > most).then(|| limits::MIGRATION_STEPS.exceeded(&what, most, Some(count)))
}

/// Whether migrations may absorb what was found.
fn may_be_absorbed(one: &Asked, migrations: &Migrations) -> bool {
    let is_refused = matches!(
        one.decision,
        Some(Decision::Witness { .. } | Decision::Sample { .. } | Decision::Unlikely { .. })
    );
    let is_removed = matches!(one.delta.change, Change::Spec(SpecChange::PropertyRemoved { .. }))
        && migrations.step_about(&one.delta.field).is_some();
    one.delta.artifact == Artifact::Spec && (is_refused || is_removed)
}

/// Says of a break why migrations are not credited that fail those who connect with the new version.
fn not_for_later(one: &mut Asked, failure: &Failure, migrations: &Migrations, new: &Connector) {
    let pointer =
        migrations.step_about(&one.delta.field).or(Some(0)).and_then(|step| migrations.pointer(step));
    let by = place(new, pointer);
    let said = format!(
        "of users who connect with the new version: {}",
        said(failure, &one.delta.field, migrations, new, &by)
    );
    if let Some(Decision::Witness { message, .. } | Decision::Sample { message }) = &mut one.decision {
        message.push_str("; ");
        message.push_str(&said);
        one.migration = Some(by);
    }
}

fn absorb(
    one: &mut Asked,
    subjects: &Subjects<'_>,
    failures: &Failures,
    migrations: &Migrations,
    new: &Connector,
) {
    let field = &one.delta.field;
    let about = migrations.step_about(field);
    let pointer = |step: Option<usize>| step.and_then(|step| migrations.pointer(step)).cloned();
    let by = place(new, pointer(about).or_else(|| pointer(Some(0))).as_ref());
    let is_removed = matches!(one.delta.change, Change::Spec(SpecChange::PropertyRemoved { .. }));
    // The worst that is about it, and of that the first.
    let failed = failures
        .about(field, migrations)
        .filter(|(subject, _)| *subject < subjects.configs().len())
        .min_by_key(|(subject, failure)| (rank(failure), subjects.file(*subject).is_none()));
    let Some((subject, failure)) = failed else {
        let tried = match is_removed && !field.is_empty() {
            true => subjects.holding(field),
            false => subjects.configs().len(),
        };
        if tried > 0 {
            one.decision = Some(Decision::Migrated { tried });
            one.migration = Some(by);
        }
        return;
    };
    if !matches!(
        one.decision,
        Some(Decision::Witness { .. } | Decision::Sample { .. } | Decision::Unlikely { .. })
    ) {
        return;
    }
    // A migration that has nothing to do with it was not meant for it.
    if about.is_none() && matches!(failure, Failure::Refused { .. }) {
        return;
    }
    let said = said(failure, field, migrations, new, &by);
    one.migration = Some(by);
    one.decision = match (failure, one.decision.take()) {
        // What is not known adds to what is.
        (Failure::Opaque(_), Some(Decision::Witness { value, message })) => {
            Some(Decision::Witness { value, message: format!("{message}; {said}") })
        }
        (Failure::Opaque(_), Some(Decision::Sample { message })) => {
            Some(Decision::Sample { message: format!("{message}; {said}") })
        }
        (_, Some(unlikely @ Decision::Unlikely { .. })) => Some(unlikely),
        (_, decision) => match (subjects.file(*subject), subjects.configs().get(*subject)) {
            (Some(file), _) => Some(Decision::Sample { message: format!("the config {file}: {said}") }),
            (None, Some(config)) => Some(Decision::Witness { value: config.into_owned(), message: said }),
            (None, None) => decision,
        },
    };
}

fn rank(failure: &Failure) -> usize {
    match failure {
        Failure::Refused { second: false, .. } => 0,
        Failure::Refused { second: true, .. } => 1,
        Failure::Stops { .. } => 2,
        Failure::Invalid { .. } => 3,
        Failure::Repeats(_) => 4,
        Failure::Overwrites(_) => 5,
        Failure::Merges(_) => 6,
        Failure::LosesSecret(_) => 7,
        Failure::Opaque(_) => 8,
    }
}

/// What speaks against a migration, in words that hold nothing of the config.
fn said(failure: &Failure, field: &[String], migrations: &Migrations, new: &Connector, by: &str) -> String {
    let step = |step: usize| place(new, migrations.pointer(step));
    let of = |halt: &Halt| place(new, Some(&halt.pointer));
    match failure {
        Failure::Refused { refusals, second } => {
            let refusal = refusals.iter().find(|refusal| refusal.is_about(field));
            let (message, at) =
                refusal.map_or(("it is refused", &[][..]), |refusal| (&refusal.message, &refusal.at));
            let at = if at.is_empty() { String::new() } else { format!(" (at /{})", at.join("/")) };
            let when = if *second { "at the second start after" } else { "after" };
            format!("{message}{at}, {when} the config migration at {by}")
        }
        Failure::Invalid { why } => {
            format!("after the config migration at {by} a validation refuses it: {why}")
        }
        Failure::Stops { halt, second } => {
            let when = if *second { "the second start" } else { "the start" };
            format!("the config migration at {} stops the connector at {when}: {}", of(halt), halt.why)
        }
        Failure::Repeats(loss) => format!(
            "the config migration at {} changes `{}` again at the second start",
            step(loss.step),
            loss.at.join("/")
        ),
        Failure::Overwrites(loss) => format!(
            "the config migration at {} replaces what users set in `{}`",
            step(loss.step),
            loss.at.join("/")
        ),
        Failure::Merges(loss) => format!(
            "the config migration at {} sets one value in place of several in `{}`",
            step(loss.step),
            loss.at.join("/")
        ),
        Failure::LosesSecret(loss) => {
            format!("the config migration at {} loses the secret `{}`", step(loss.step), loss.at.join("/"))
        }
        Failure::Opaque(halt) => {
            format!("the config migration at {} is not followed: {}", of(halt), halt.why)
        }
    }
}

/// A place in the manifest as `manifest.yaml:41`.
fn place(connector: &Connector, pointer: Option<&Pointer>) -> String {
    let origin = pointer.and_then(|pointer| origin::of_spec(connector, pointer));
    match origin {
        Some(origin) => match origin.line {
            Some(line) => format!("{}:{line}", origin.file),
            None => origin.file.to_string(),
        },
        None => "config_normalization_rules".to_owned(),
    }
}

/// What steps do wrong that the old manifest does not have, once for each place.
fn faults<'f>(
    losses: impl Iterator<Item = &'f Failure>,
    migrations: &Migrations,
    old: &Connector,
    new: &Connector,
) -> Vec<Asked> {
    let is_new = |step: usize| {
        new.config_rules.migrations.get(step).is_some_and(|step| !old.config_rules.migrations.contains(step))
    };
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for failure in losses {
        let (fault, loss, message) = match failure {
            Failure::Repeats(loss) => (
                MigrationFault::Repeats,
                loss,
                format!("of a saved config, the second start changes `{}` again", loss.at.join("/")),
            ),
            Failure::Overwrites(loss) => (
                MigrationFault::Overwrites,
                loss,
                format!("the next start takes back what users set in `{}`", loss.at.join("/")),
            ),
            Failure::Merges(loss) => (
                MigrationFault::Merges,
                loss,
                format!(
                    "several values of `{}` become one, which is saved in place of them",
                    loss.at.join("/")
                ),
            ),
            Failure::LosesSecret(loss) => (
                MigrationFault::LosesSecret,
                loss,
                format!("what was saved in `{}` is nowhere after the start", loss.at.join("/")),
            ),
            _ => continue,
        };
        if !is_new(loss.step) || !seen.insert((fault, loss.at.clone())) {
            continue;
        }
        let decision = Decision::Sample { message };
        found.push(of_step(fault, &loss.at, migrations.pointer(loss.step), Some(decision)));
    }
    found
}

/// The new steps after which a config that the new spec accepts as it is stops the connector, or is refused: no edit of the spec
/// tells it.
fn stops(
    failures: &Failures,
    subjects: &Subjects<'_>,
    migrations: &Migrations,
    specs: &Sides<Spec<'_>>,
    old: &Connector,
    new: &Connector,
) -> Vec<Asked> {
    let known: HashSet<&ConfigStepKind> = old.config_rules.migrations.iter().map(|step| &step.kind).collect();
    let is_new =
        |step: &usize| new.config_rules.migrations.get(*step).is_some_and(|step| !known.contains(&step.kind));
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for (index, failure) in &failures.all {
        let (step, message) = match failure {
            Failure::Stops { halt, second } => {
                let step =
                    (0..migrations.saved_steps()).find(|at| migrations.pointer(*at) == Some(&halt.pointer));
                let start = if *second { "second start" } else { "start" };
                (step, format!("a saved config stops the connector at its {start}: {}", halt.why))
            }
            Failure::Refused { refusals, .. } => {
                let step = refusals.iter().find_map(|refusal| migrations.step_about(&refusal.at));
                let said = refusals.first().map_or("", |refusal| refusal.message.as_str());
                (step, format!("a saved config is refused after the migrations: {said}"))
            }
            _ => continue,
        };
        let Some(step) = step.filter(is_new).filter(|step| !seen.contains(step)) else { continue };
        // What the new spec refuses anyway is told of the spec.
        let works = |config: &Value| specs.new.accepts(config) && specs.old.accepts(config);
        if !subjects.configs().get(*index).is_some_and(|config| works(&config)) {
            continue;
        }
        seen.insert(step);
        let place = new.config_rules.step(step).and_then(|step| targets(&step.kind).into_iter().next());
        let decision = Some(Decision::Sample { message });
        found.push(of_step(
            MigrationFault::Stops,
            &place.unwrap_or_default(),
            migrations.pointer(step),
            decision,
        ));
    }
    found
}

fn of_step(
    fault: MigrationFault,
    field: &[String],
    pointer: Option<&Pointer>,
    decision: Option<Decision>,
) -> Asked {
    let pointer = match fault {
        MigrationFault::Removed => Sides { old: pointer.cloned(), new: None },
        _ => Sides { old: None, new: pointer.cloned() },
    };
    let delta = Delta {
        pointer,
        field: field.to_vec(),
        ..Delta::new(Artifact::Spec, Change::Spec(SpecChange::Migration(fault)))
    };
    Asked { delta, decision, migration: None }
}

/// What is wrong with the list of migrations as it is written: some that are gone, some that do something else than before, and
/// some that stand there twice.
fn written(old: &Connector, new: &Connector) -> Vec<Asked> {
    let (was, is): (&ConfigRules, &ConfigRules) = (&old.config_rules, &new.config_rules);
    let mut found = Vec::new();
    if new.config_normalization.is_some() {
        let mut gone: BTreeSet<Vec<String>> = BTreeSet::new();
        let kinds: HashSet<&ConfigStepKind> = is.migrations.iter().map(|step| &step.kind).collect();
        let there: HashSet<Vec<String>> = is.migrations.iter().flat_map(|step| targets(&step.kind)).collect();
        for step in &was.migrations {
            let places = targets(&step.kind);
            // One that does the same in another way is an edit, not a removal.
            let is_there = kinds.contains(&step.kind) || places.iter().any(|place| there.contains(place));
            let place = places.first().cloned().unwrap_or_default();
            if !is_there && gone.insert(place.clone()) {
                found.push(of_step(MigrationFault::Removed, &place, Some(&step.pointer), None));
            }
        }
    }
    if !was.is_empty() && !is.is_empty() {
        let all = Migrations::new(is);
        let Rewritten { places, open } = rewritten(was, is);
        let open = open.into_iter().map(|(place, reason)| (place, Some(Decision::Unknown { reason })));
        for (place, decision) in places.into_iter().map(|place| (place, None)).chain(open) {
            let pointer = all.step_about(&place).and_then(|step| all.pointer(step));
            found.push(of_step(MigrationFault::Changed, &place, pointer, decision));
        }
    }
    let (mut seen, mut twice) = (HashSet::new(), HashSet::new());
    twice.extend(was.migrations.iter().map(|step| &step.kind).filter(|kind| !seen.insert(*kind)));
    seen.clear();
    for step in &is.migrations {
        if !seen.insert(&step.kind) && !twice.contains(&step.kind) {
            let place = targets(&step.kind).first().cloned().unwrap_or_default();
            found.push(of_step(MigrationFault::Duplicate, &place, Some(&step.pointer), None));
        }
    }
    found
}

/// What a step sets, replaces or removes.
pub(super) fn targets(kind: &ConfigStepKind) -> Vec<Vec<String>> {
    match kind {
        ConfigStepKind::Remap { path, .. } => vec![path.clone()],
        ConfigStepKind::Add { fields, .. } => fields.iter().map(|field| field.path.clone()).collect(),
        ConfigStepKind::Remove { pointers, .. } => pointers.clone(),
        ConfigStepKind::Opaque { what } => vec![vec![what.clone()]],
    }
}
