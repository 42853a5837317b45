//! Which breaks of the spec the config migrations of the new manifest absorb, and what the migrations do wrong.
//!
//! The migrations run as the CDK runs them (`migration`) on the config that shows a break, on the samples, and on configs
//! that are drawn from the old spec, around each edit and without one. A break is absorbed where every one of them passes
//! (`migration::Trial`): nothing is refused that has to do with it, at the first start or the second, and no value is
//! lost. Else the config that fails is shown, and which migration was tried.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::inclusion::{Asked, Questions, as_validated, without_internal_keys};
use super::origin;
use super::rewritten::rewritten;
use super::stored::stored;
use crate::diff::{Change, Delta, MigrationFault, SpecChange};
use crate::migration::{EACH, Failure, Halt, Migrations, Trial, Tried, at, put};
use crate::model::{Artifact, ConfigRules, ConfigStepKind, Connector, Decision, Pointer, Sides};
use crate::schema::{Generator, Options, Prepared, Validator};

/// So many configs are drawn from a spec as a whole.
const DRAWN: usize = 400;

/// So many of them are drawn around each edit.
const AROUND: usize = 40;

/// So many bytes of schemas are gone through to draw configs.
const MOST_WORK: usize = 100_000_000;

/// So many are drawn from the new spec, as users save them later.
const LATER: usize = 80;

/// A config that migrations are tried on.
struct Subject<'s> {
    config: Value,
    /// The file of a sample.
    file: Option<&'s str>,
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
    let (before, after) = (&as_validated(before), &as_validated(after));
    let Ok(questions) = Questions::new(before, after, &old.configs, &new.limits) else { return };
    let migrations = Migrations::new(rules);
    let others = later(before, after, LATER);
    let secrets = secrets(before);
    let trial =
        Trial { migrations: &migrations, new: &questions.accepts_new, secrets: &secrets, others: &others };
    let edits: Vec<Vec<String>> = asked
        .iter()
        .filter(|one| may_be_absorbed(one, &migrations))
        .map(|one| one.delta.field.clone())
        .collect();
    let mut subjects: Vec<Subject<'_>> = questions
        .samples
        .iter()
        .map(|(file, config)| Subject { config: config.clone(), file: Some(file) })
        .collect();
    let witnesses = asked.iter().filter_map(|one| match &one.decision {
        Some(Decision::Witness { value, .. } | Decision::Unlikely { value, .. }) => Some(value.clone()),
        _ => None,
    });
    let drawn = witnesses.chain(saved_configs(before, &questions.saved, DRAWN, &edits));
    subjects.extend(drawn.map(|config| Subject { config, file: None }));
    let known: Vec<&Value> = subjects.iter().map(|subject| &subject.config).collect();
    let numbers = numbers_in(rules);
    let each = each_value((before, after), &edits, &numbers, &known, &questions.accepts_old);
    subjects.extend(each.into_iter().map(|config| Subject { config, file: None }));
    let mut results: Vec<Tried> = subjects.iter().map(|subject| trial.of(&subject.config)).collect();
    let merged = trial.merged(subjects.iter().map(|subject| &subject.config).zip(&results));
    for (index, failure) in merged {
        results[index].failures.push(failure);
    }
    let later: Vec<Failure> = others.iter().flat_map(|config| trial.of_new(config)).collect();
    // What stops those who connect with the new version helps nobody.
    let is_end = |failure: &Failure| {
        matches!(failure, Failure::Stops { .. } | Failure::Refused { .. } | Failure::Invalid { .. })
    };
    let end = later.iter().find(|failure| is_end(failure));
    for one in asked.iter_mut().filter(|one| may_be_absorbed(one, &migrations)) {
        match end {
            None => absorb(one, &subjects, &results, &migrations, new),
            Some(failure) => not_for_later(one, failure, &migrations, new),
        }
    }
    let mut losses: Vec<Failure> = results.into_iter().flat_map(|tried| tried.failures).collect();
    losses.extend(later);
    asked.extend(faults(&losses, &migrations, old, new));
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
    subjects: &[Subject<'_>],
    results: &[Tried],
    migrations: &Migrations,
    new: &Connector,
) {
    let field = &one.delta.field;
    let about = migrations.step_about(field);
    let pointer = |step: Option<usize>| step.and_then(|step| migrations.pointer(step)).cloned();
    let by = place(new, pointer(about).or_else(|| pointer(Some(0))).as_ref());
    let is_removed = matches!(one.delta.change, Change::Spec(SpecChange::PropertyRemoved { .. }));
    // The worst that is about it, and of that the first.
    let failed = subjects
        .iter()
        .zip(results)
        .flat_map(|(subject, tried)| tried.failures.iter().map(move |failure| (subject, failure)))
        .filter(|(_, failure)| failure.is_about(field, migrations))
        .min_by_key(|(subject, failure)| (rank(failure), subject.file.is_none()));
    let Some((subject, failure)) = failed else {
        let held = |subject: &&Subject<'_>| at(&subject.config, field).is_some();
        let tried = match is_removed && !field.is_empty() {
            true => subjects.iter().filter(held).count(),
            false => subjects.len(),
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
        _ => Some(match subject.file {
            Some(file) => Decision::Sample { message: format!("the config {file}: {said}") },
            None => Decision::Witness { value: subject.config.clone(), message: said },
        }),
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
        Failure::LosesSecret(_) => 6,
        Failure::Opaque(_) => 7,
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
            None => origin.file,
        },
        None => "config_normalization_rules".to_owned(),
    }
}

/// So many values of one `enum` are tried.
const MOST_VALUES: usize = 2_000;

/// So many numbers of the steps are tried.
const MOST_NUMBERS: usize = 32;

/// The whole numbers that the templates of steps hold: a condition may turn at one of them.
fn numbers_in(rules: &ConfigRules) -> Vec<i64> {
    let mut found = BTreeSet::new();
    let mut read = |text: &str| {
        let digits = text.split(|c: char| !c.is_ascii_digit());
        found.extend(digits.filter_map(|digits| digits.parse::<i64>().ok()));
    };
    for step in rules.migrations.iter().chain(&rules.transformations) {
        match &step.kind {
            ConfigStepKind::Add { fields, condition } => {
                read(condition);
                fields.iter().for_each(|field| read(&field.value));
            }
            ConfigStepKind::Remove { condition, .. } => read(condition),
            ConfigStepKind::Remap { map, .. } => map.iter().for_each(|(from, _)| read(from)),
            ConfigStepKind::Opaque { .. } => {}
        }
    }
    found.into_iter().take(MOST_NUMBERS).collect()
}

/// Values at the bounds of a property and one beyond: of its range and its length in both specs, and of the numbers that
/// steps hold.
fn bounds(schemas: [Option<&Value>; 2], numbers: &[i64]) -> Vec<Value> {
    const LONGEST: i64 = 10_000;
    let of = |keywords: &[&str]| -> Vec<i64> {
        let schemas = schemas.into_iter().flatten();
        let stated =
            schemas.flat_map(|schema| keywords.iter().filter_map(|keyword| schema.get(keyword)?.as_i64()));
        let all: BTreeSet<i64> = stated.chain(numbers.iter().copied()).collect();
        let around = |bound: i64| [bound.saturating_sub(1), bound, bound.saturating_add(1)];
        all.into_iter().flat_map(around).collect::<BTreeSet<_>>().into_iter().collect()
    };
    let is = |name: &str| {
        schemas[0].and_then(|schema| schema.get("type")).is_some_and(|kind| match kind {
            Value::String(kind) => kind == name,
            Value::Array(kinds) => kinds.iter().any(|kind| kind == name),
            _ => false,
        })
    };
    let mut found: Vec<Value> = Vec::new();
    if is("integer") || is("number") {
        found.extend(
            of(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]).into_iter().map(Value::from),
        );
    }
    if is("string") {
        let lengths =
            of(&["minLength", "maxLength"]).into_iter().filter(|length| (0..=LONGEST).contains(length));
        found.extend(lengths.filter_map(|length| Some("a".repeat(usize::try_from(length).ok()?).into())));
        // Items of a list are written with and without blanks.
        found.push("a, b,c".into());
    }
    found
}

/// The schema of a property, where only properties lead to it.
fn schema_of<'s>(spec: &'s Value, field: &[String]) -> Option<&'s Value> {
    field.iter().try_fold(spec, |schema, name| schema.get("properties")?.get(name))
}

/// How many configs [`each_value`] gives at most.
fn most_values((before, after): (&Value, &Value), edits: &[Vec<String>], numbers: &[i64]) -> usize {
    let edits: BTreeSet<&Vec<String>> = edits.iter().collect();
    let of_field = |field: &Vec<String>| {
        let schema = schema_of(before, field)?;
        let listed = schema.get("enum").and_then(Value::as_array).map_or(0, Vec::len).min(MOST_VALUES);
        Some(listed + bounds([Some(schema), schema_of(after, field)], numbers).len())
    };
    edits.into_iter().filter_map(of_field).sum()
}

/// A config for each value that the old spec lists for a property that was edited, and for each bound of its values: what is
/// finite is not left to chance.
fn each_value(
    (before, after): (&Value, &Value),
    edits: &[Vec<String>],
    numbers: &[i64],
    configs: &[&Value],
    accepts_old: &Validator,
) -> Vec<Value> {
    let edits: BTreeSet<&Vec<String>> = edits.iter().collect();
    let listed = |field: &Vec<String>| {
        let schema = schema_of(before, field)?;
        let base = configs.iter().find(|config| at(config, field).is_some())?;
        let with = |value: Value| {
            let mut config = (*base).clone();
            (put(&mut config, field, value) && accepts_old.accepts(&config)).then_some(config)
        };
        let values = schema.get("enum").and_then(Value::as_array).into_iter().flatten().cloned();
        let bounds = bounds([Some(schema), schema_of(after, field)], numbers);
        Some(values.take(MOST_VALUES).chain(bounds).filter_map(with).collect::<Vec<_>>())
    };
    edits.into_iter().filter_map(listed).flatten().collect()
}

/// Configs that the form saves from a spec, drawn from a fixed seed: `count` of them, up to half of which are drawn around
/// the edits.
pub(super) fn saved_configs(
    spec: &Value,
    saved: &Prepared<'_>,
    count: usize,
    edits: &[Vec<String>],
) -> Vec<Value> {
    first_saved(spec, saved, count, edits, usize::MAX)
}

/// The first `enough` of them.
fn first_saved(
    spec: &Value,
    saved: &Prepared<'_>,
    count: usize,
    edits: &[Vec<String>],
    enough: usize,
) -> Vec<Value> {
    let Ok(form) = saved.validator() else { return Vec::new() };
    // A schema that fans out is slow to validate with: the larger it is, the fewer configs are tried.
    let most = MOST_WORK / saved.document().to_string().len().max(1);
    let mut generator = Generator::new(spec, 20);
    let mut drawn: Vec<Value> = Vec::new();
    let mut draw = |count: usize, around: &[String]| {
        let mut left = count;
        for _ in 0..(count * 6).min(most) {
            if left == 0 || drawn.len() >= enough {
                break;
            }
            let config = generator.next(around);
            if form.accepts(&config) {
                left -= 1;
                drawn.push(config);
            }
        }
        count - left
    };
    let edits: BTreeSet<&Vec<String>> = edits.iter().filter(|edit| !edit.is_empty()).collect();
    let around = AROUND.min(count / 2 / edits.len().max(1));
    let around: usize = edits.into_iter().map(|edit| draw(around, edit)).sum();
    draw(count.saturating_sub(around), &[]);
    drawn
}

/// Configs that the form of the new spec saves.
pub(super) fn later(before: &Value, after: &Value, count: usize) -> Vec<Value> {
    let saved = stored(after, before, true).unwrap_or_else(|| after.clone());
    let saved = Prepared::new(Cow::Owned(saved), &Options::default());
    saved_configs(after, &saved, count, &[]).iter().map(without_internal_keys).collect()
}

/// Where a spec has secrets, by names of properties; [`EACH`] stands for the items of a list and the values of a map.
pub(super) fn secrets(spec: &Value) -> Vec<Vec<String>> {
    fn walk(
        schema: &Value,
        root: &Value,
        path: &mut Vec<String>,
        found: &mut BTreeSet<Vec<String>>,
        (depth, left): (usize, &mut usize),
    ) {
        *left = left.saturating_sub(1);
        if depth > 12 || found.len() > 256 || *left == 0 {
            return;
        }
        if schema.get("airbyte_secret") == Some(&Value::Bool(true)) {
            found.insert(path.clone());
        }
        // Items of a list, and values of a map.
        path.push(EACH.to_owned());
        for keyword in ["items", "additionalItems", "additionalProperties"] {
            if let Some(inner) = schema.get(keyword).filter(|inner| inner.is_object()) {
                walk(inner, root, path, found, (depth + 1, left));
            }
        }
        for keyword in ["items", "prefixItems"] {
            for inner in schema.get(keyword).and_then(Value::as_array).into_iter().flatten() {
                walk(inner, root, path, found, (depth + 1, left));
            }
        }
        for inner in schema
            .get("patternProperties")
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(|map| map.values())
        {
            walk(inner, root, path, found, (depth + 1, left));
        }
        path.pop();
        let reference = schema.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'));
        if let Some(target) = reference.and_then(|path| Pointer::parse(path).get(root)) {
            walk(target, root, path, found, (depth + 1, left));
        }
        for (name, inner) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            path.push(name.clone());
            walk(inner, root, path, found, (depth + 1, left));
            path.pop();
        }
        for keyword in ["oneOf", "anyOf", "allOf"] {
            for option in schema.get(keyword).and_then(Value::as_array).into_iter().flatten() {
                walk(option, root, path, found, (depth + 1, left));
            }
        }
    }
    let mut found = BTreeSet::new();
    walk(spec, spec, &mut Vec::new(), &mut found, (0, &mut 20_000));
    found.into_iter().collect()
}

/// What steps do wrong that the old manifest does not have, once for each place.
fn faults(losses: &[Failure], migrations: &Migrations, old: &Connector, new: &Connector) -> Vec<Asked> {
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
        for step in &was.migrations {
            let places = targets(&step.kind);
            // One that does the same in another way is an edit, not a removal.
            let is_there = is.migrations.iter().any(|other| {
                *other == *step || targets(&other.kind).iter().any(|place| places.contains(place))
            });
            let place = places.first().cloned().unwrap_or_default();
            if !is_there && gone.insert(place.clone()) {
                found.push(of_step(MigrationFault::Removed, &place, Some(&step.pointer), None));
            }
        }
    }
    if !was.is_empty() && !is.is_empty() {
        let all = Migrations::new(is);
        for place in rewritten(was, is) {
            let pointer = all.step_about(&place).and_then(|step| all.pointer(step));
            found.push(of_step(MigrationFault::Changed, &place, pointer, None));
        }
    }
    for (index, step) in is.migrations.iter().enumerate() {
        let is_second = is.migrations[..index].contains(step);
        let was_so = was.migrations.iter().filter(|other| *other == step).count() > 1;
        if is_second && !was_so {
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

/// Configs of two versions to try migrations on. They are drawn when somebody asks for them.
#[derive(Debug)]
pub struct SavedConfigs {
    /// The schema of the old config, as the runtime reads it.
    pub before: Value,
    /// The schema of the new config.
    pub after: Value,
    /// The old spec.
    pub accepts_old: Arc<Validator>,
    /// The new spec.
    pub accepts_new: Arc<Validator>,
    saved: Prepared<'static>,
    samples: Vec<Value>,
    count: usize,
    edits: Vec<Vec<String>>,
    numbers: Vec<i64>,
    configs: OnceLock<Vec<Value>>,
    others: OnceLock<Vec<Value>>,
    secrets: OnceLock<Vec<Vec<String>>>,
}

/// So many configs are drawn before the others.
const FIRST: usize = 8;

impl SavedConfigs {
    /// Configs that the form of the old version saves: samples, then those that are drawn.
    pub fn configs(&self) -> &[Value] {
        self.configs.get_or_init(|| {
            let mut configs = self.samples.clone();
            configs.extend(saved_configs(&self.before, &self.saved, self.count, &self.edits));
            let known: Vec<&Value> = configs.iter().collect();
            let specs = (&self.before, &self.after);
            let each = each_value(specs, &self.edits, &self.numbers, &known, &self.accepts_old);
            // Such a config says more than one that is drawn.
            configs.truncate(self.count.saturating_sub(each.len()).max(self.samples.len()));
            configs.extend(each);
            configs
        })
    }

    /// The first of the same, without the price of drawing all. Those of which it is not certain that they stay among them
    /// are left out.
    pub fn first(&self) -> Vec<Value> {
        let each = most_values((&self.before, &self.after), &self.edits, &self.numbers);
        let kept = self.count.saturating_sub(each).max(self.samples.len());
        let mut configs = self.samples.clone();
        configs.extend(first_saved(&self.before, &self.saved, self.count, &self.edits, FIRST));
        configs.truncate(kept);
        configs
    }

    /// Configs that the form of the new version saves.
    pub fn others(&self) -> &[Value] {
        self.others.get_or_init(|| later(&self.before, &self.after, LATER))
    }

    /// Where the old config has secrets.
    pub fn secrets(&self) -> &[Vec<String>] {
        self.secrets.get_or_init(|| secrets(&self.before))
    }
}

/// Configs of the old version, more of them around the properties of `edits`.
///
/// # Errors
/// A side has no spec, or one that cannot be asked; the text says why.
pub fn saved_configs_of(
    old: &Connector,
    new: &Connector,
    count: usize,
    edits: &[Vec<String>],
) -> Result<SavedConfigs, String> {
    let spec = |side: &Connector, name: &str| match &side.spec {
        Some(spec) => Ok(as_validated(&spec.value["connectionSpecification"])),
        None => Err(format!("the {name} version has no spec that could be read")),
    };
    let (before, after) = (spec(old, "old")?, spec(new, "new")?);
    let questions = Questions::new(&before, &after, &old.configs, &new.limits)?;
    let samples = questions.samples.iter().map(|(_, config)| config.clone()).collect();
    let Questions { saved, accepts_old, accepts_new, .. } = questions;
    Ok(SavedConfigs {
        saved,
        accepts_old,
        accepts_new,
        samples,
        count,
        edits: edits.to_vec(),
        numbers: numbers_in(&new.config_rules),
        configs: OnceLock::new(),
        others: OnceLock::new(),
        secrets: OnceLock::new(),
        before,
        after,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::load::{self, Request};
    use crate::tree::Memory;

    /// The first configs are the first of all of them, and none that gives way to a listed value.
    #[test]
    fn the_first_configs_are_the_first_of_all() {
        let listed: Vec<String> = (0..150).map(|value| format!("value-{value}")).collect();
        let spec = |kind: &str| {
            let value = json!({"connectionSpecification": {"type": "object", "properties": {
                "a": {"type": kind, "minimum": 3},
                "b": {"type": "string", "enum": listed},
                "c": {"oneOf": [
                    {"type": "object", "required": ["k"], "properties": {"k": {"const": "x"}, "v": {"type": kind}}},
                    {"type": "object", "required": ["k"], "properties": {"k": {"const": "y"}}},
                ]},
            }}});
            let tree = Memory::new("side").file("spec.json", value.to_string());
            load::connector_in(&Request::new(tree))
        };
        let (old, new) = (spec("string"), spec("integer"));
        for (edits, count, expected) in [
            (vec![], 200, FIRST),
            (vec![vec!["a".to_owned()]], 200, FIRST),
            (vec![vec!["c".to_owned(), "v".to_owned()], vec!["a".to_owned()]], 200, FIRST),
            (vec![vec!["b".to_owned()]], 200, FIRST),
            (vec![vec!["b".to_owned()]], 151, 0),
        ] {
            let saved = saved_configs_of(&old, &new, count, &edits).expect("specs");
            let first = saved.first();
            assert!(first.len() <= expected && (expected == 0 || !first.is_empty()), "{edits:?}: {first:?}");
            assert_eq!(first, saved.configs()[..first.len()], "{edits:?}");
        }
    }
}
