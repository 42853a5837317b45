//! Trying migrations on saved configs: what they have to hold to be believed.
//!
//! A config passes where
//!
//! 1. the new spec, and every validation that is known, accepts what the **first and the second** start use,
//! 2. the second start uses what the first one used,
//! 3. no value that the new spec accepts is replaced by another, at once or after the user edits it, and
//! 4. no secret is lost.
//!
//! Nothing is proven by it: it is tried on the configs that are there, and the number is told.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Change, Halt, Migrations, Ran, Start, Touch};
use crate::schema::{Refusal, Validator};

/// What migrations are tried with.
#[derive(Debug, Clone, Copy)]
pub struct Trial<'t> {
    /// The migrations.
    pub migrations: &'t Migrations,
    /// The new spec.
    pub new: &'t Validator,
    /// Where the old spec has secrets.
    pub secrets: &'t [Vec<String>],
    /// Configs that the new spec accepts.
    pub others: &'t [Value],
    /// The names of the properties of such configs, at whatever depth.
    pub names: &'t BTreeSet<String>,
}

/// A saved config, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// The first start; `None` where it did not end well.
    pub ran: Option<Ran>,
    /// What speaks against the migrations; empty where the config passes.
    pub failures: Vec<Failure>,
}

/// What speaks against migrations.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// The config that is used is refused.
    Refused {
        /// What the new spec says.
        refusals: Vec<Refusal>,
        /// Whether only the second start uses such a config.
        second: bool,
    },
    /// One of the `validations` refuses the config that is used.
    Invalid {
        /// What it says.
        why: String,
    },
    /// The connector stops.
    Stops {
        /// Where and why.
        halt: Halt,
        /// Whether only the second start stops.
        second: bool,
    },
    /// A step cannot be followed.
    Opaque(Halt),
    /// The second start changes again what the first one left.
    Repeats(Loss),
    /// A value that the new spec accepts is replaced or taken out.
    Overwrites(Loss),
    /// One value is set in place of several: which of them was there, nothing says afterwards.
    Merges(Loss),
    /// A secret is not there any more.
    LosesSecret(Loss),
}

/// A value that a step changes and should not.
#[derive(Debug, Clone, PartialEq)]
pub struct Loss {
    /// Where it stood.
    pub at: Vec<String>,
    /// The step.
    pub step: usize,
    /// The saved config that shows it: for an edit of the user, the config after the edit.
    pub config: Value,
}

impl Failure {
    /// Whether it may be about a property of the spec.
    pub fn is_about(&self, field: &[String], migrations: &Migrations) -> bool {
        match self {
            Self::Refused { refusals, .. } => refusals.iter().any(|refusal| refusal.is_about(field)),
            // What stops the connector, or is not known, stands in the way of everything.
            Self::Invalid { .. } | Self::Stops { .. } | Self::Opaque(_) => true,
            Self::Repeats(loss) | Self::Overwrites(loss) | Self::Merges(loss) | Self::LosesSecret(loss) => {
                meets(&loss.at, field) || migrations.is_about(loss.step, field)
            }
        }
    }
}

impl Failure {
    /// The properties of the root that it may be about; `None` where that may be any.
    pub fn roots(&self, migrations: &Migrations) -> Option<BTreeSet<String>> {
        match self {
            Self::Refused { refusals, .. } => {
                let mut roots = BTreeSet::new();
                for refusal in refusals {
                    match refusal.at.first() {
                        Some(root) => roots.extend([root.clone()]),
                        None if refusal.keys.is_empty() => return None,
                        None => roots.extend(refusal.keys.iter().cloned()),
                    }
                }
                Some(roots)
            }
            Self::Invalid { .. } | Self::Stops { .. } | Self::Opaque(_) => None,
            Self::Repeats(loss) | Self::Overwrites(loss) | Self::Merges(loss) | Self::LosesSecret(loss) => {
                let places = migrations.places_of(loss.step);
                let places = places.iter().map(Vec::as_slice).chain([loss.at.as_slice()]);
                places.map(|place| place.first().cloned()).collect()
            }
        }
    }

    /// The same with other numbers for steps.
    pub fn numbered(self, number: impl Fn(usize) -> usize) -> Self {
        let of = |loss: Loss| Loss { step: number(loss.step), ..loss };
        match self {
            Self::Repeats(loss) => Self::Repeats(of(loss)),
            Self::Overwrites(loss) => Self::Overwrites(of(loss)),
            Self::Merges(loss) => Self::Merges(of(loss)),
            Self::LosesSecret(loss) => Self::LosesSecret(of(loss)),
            other => other,
        }
    }
}

/// Whether two places are one, or one holds the other.
fn meets(one: &[String], other: &[String]) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

impl Trial<'_> {
    /// Tries a saved config.
    pub fn of(&self, config: &Value) -> Tried {
        let first = match self.migrations.start(config) {
            Start::Ran(ran) => ran,
            Start::Stops(halt) => {
                return Tried { ran: None, failures: vec![Failure::Stops { halt, second: false }] };
            }
            Start::Opaque(halt) => return Tried { ran: None, failures: vec![Failure::Opaque(halt)] },
        };
        let mut failures = Vec::new();
        let refusals = self.new.refusals(&first.used);
        let is_accepted = refusals.is_empty();
        if !is_accepted {
            failures.push(Failure::Refused { refusals, second: false });
        }
        if let Some((_, why)) = self.migrations.refused_by_validation(&first.used) {
            failures.push(Failure::Invalid { why });
        }
        match self.migrations.start(&first.saved) {
            Start::Stops(halt) => failures.push(Failure::Stops { halt, second: true }),
            Start::Opaque(halt) => failures.push(Failure::Opaque(halt)),
            Start::Ran(second) => {
                let refusals = if is_accepted { self.new.refusals(&second.used) } else { Vec::new() };
                if !refusals.is_empty() {
                    failures.push(Failure::Refused { refusals, second: true });
                }
                for at in differences(&first.used, &second.used) {
                    let step = second.touched.iter().find(|touch| meets(&touch.path, &at));
                    let step = step.map_or(0, |touch| touch.step);
                    failures.push(Failure::Repeats(Loss { at, step, config: config.clone() }));
                }
            }
        }
        self.replaced(config, &first, &mut failures);
        self.taken_out(config, &first, &mut failures);
        self.edited(&first, &mut failures);
        self.lost(config, &first, &mut failures);
        Tried { ran: Some(first), failures }
    }

    /// Whether two starts are accepted and alike. Of migrations that were tried one by one this is asked once more.
    pub fn starts(&self, config: &Value) -> bool {
        let Start::Ran(first) = self.migrations.start(config) else { return false };
        let Start::Ran(second) = self.migrations.start(&first.saved) else { return false };
        first.used == second.used
            && self.new.accepts(&first.used)
            && self.migrations.refused_by_validation(&first.used).is_none()
    }

    /// Values of the user that a step takes away by setting one value in place of several: which of them was there, nothing
    /// says afterwards. A `ConfigRemapField` says for each value what becomes of it. `merging` knows the configs that were tried
    /// before.
    pub fn merged(&self, config: &Value, tried: &Tried, merging: &mut Merging) -> Vec<Failure> {
        let Some(ran) = &tried.ran else { return Vec::new() };
        let losses = self.moved_into_one(config, ran, &mut merging.moved);
        let mut failures: Vec<Failure> = losses.into_iter().map(Failure::Merges).collect();
        for touch in &ran.touched {
            let Some(before) = touch.before.as_ref().filter(|before| !is_empty(before)) else { continue };
            let is_users = at(config, &touch.path) == Some(before);
            let is_lost = touch.change == Change::Set
                && touch.step < self.migrations.saved_steps()
                && touch.after.as_ref() != Some(before)
                && self.migrations.sets_a_constant(touch.step, &touch.path);
            if !is_users || !is_lost || holds(&ran.used, before) {
                continue;
            }
            let place = (touch.step, touch.path.clone());
            let known = merging.first.entry(place).or_insert_with(|| Some(before.clone()));
            if known.as_ref().is_some_and(|known| known != before) {
                // Said once.
                *known = None;
                let loss = Loss { at: touch.path.clone(), step: touch.step, config: config.clone() };
                failures.push(Failure::Merges(loss));
            }
        }
        failures
    }

    /// Values of the user that come to one value elsewhere, though the new spec would take each of them there. What a
    /// template names is said.
    fn moved_into_one(&self, config: &Value, ran: &Ran, moved: &mut Moved) -> Vec<Loss> {
        let mut losses = Vec::new();
        let sets = ran
            .touched
            .iter()
            .filter(|touch| touch.change == Change::Set && touch.step < self.migrations.saved_steps());
        for touch in sets {
            let Some(after) = touch.after.as_ref() else { continue };
            for source in self.migrations.sources(touch.step, &touch.path) {
                let scalar = at(config, &source).filter(|before| !is_empty(before));
                let Some(before) = scalar.filter(|before| !before.is_object() && !before.is_array()) else {
                    continue;
                };
                let is_kept = same(after, before) || at(&ran.used, &source) == Some(before);
                // Truth values stand in many places.
                let is_elsewhere = holds(&ran.used, before) && !before.is_boolean();
                let would_be_kept = || {
                    let mut kept = ran.used.clone();
                    put(&mut kept, &touch.path, before.clone()) && self.new.accepts(&kept)
                };
                let is_spared = is_kept || is_elsewhere || self.migrations.names(touch.step, before);
                let is_lost = !is_spared && would_be_kept();
                let key = (touch.step, source.clone());
                if moved.told.contains(&key) {
                    continue;
                }
                let known =
                    moved.seen.entry((touch.step, touch.path.clone(), source.clone(), after.to_string()));
                let (other, was_lost) = known.or_insert_with(|| (before.clone(), is_lost));
                if !same(other, before) && (is_lost || *was_lost) {
                    moved.told.insert(key);
                    losses.push(Loss { at: source, step: touch.step, config: config.clone() });
                }
                *was_lost |= is_lost;
            }
        }
        losses
    }

    /// Values of the user that the new spec accepts, and that the first start replaces.
    fn replaced(&self, config: &Value, first: &Ran, failures: &mut Vec<Failure>) {
        for touch in &first.touched {
            let Some(before) = touch.before.as_ref().filter(|before| !is_empty(before)) else { continue };
            if !self.may_lose(touch, before) {
                continue;
            }
            let now = at(&first.used, &touch.path);
            // It stands there still, or it is moved elsewhere, with what holds it.
            if now == Some(before) || holds(&first.used, before) {
                continue;
            }
            // What was no value of the user is not the user's.
            if at(config, &touch.path) != Some(before) {
                continue;
            }
            let mut kept = first.used.clone();
            if touch.change == Change::Set
                && put(&mut kept, &touch.path, before.clone())
                && self.new.accepts(&kept)
            {
                failures.push(Failure::Overwrites(Loss {
                    at: touch.path.clone(),
                    step: touch.step,
                    config: config.clone(),
                }));
            }
        }
    }

    /// Values that are taken out with what holds them and stand nowhere else, though the new version has a place of that
    /// name for them.
    fn taken_out(&self, config: &Value, first: &Ran, failures: &mut Vec<Failure>) {
        let is_removed =
            |touch: &&Touch| touch.change == Change::Remove && touch.step < self.migrations.saved_steps();
        for touch in first.touched.iter().filter(is_removed) {
            let Some(before) = &touch.before else { continue };
            let mut leaves = Vec::new();
            named_leaves(before, &mut touch.path.clone(), &mut leaves);
            let mut by = touch.step;
            let lost = leaves.into_iter().find(|(path, value)| {
                let name = path.last().map_or("", String::as_str);
                !is_empty(value)
                    && at(config, path) == Some(value)
                    && !holds(&first.used, value)
                    && (self.names.contains(name) || {
                        let other = self.chosen_otherwise(first, value);
                        by = other.unwrap_or(by);
                        other.is_some()
                    })
            });
            if let Some((at, _)) = lost {
                let config = config.clone();
                failures.push(Failure::Overwrites(Loss { at, step: by, config }));
            }
        }
    }

    /// The step that sets one value where the form of the new version offers this one too.
    fn chosen_otherwise(&self, first: &Ran, value: &Value) -> Option<usize> {
        let sets = first.touched.iter().filter(|touch| {
            touch.change == Change::Set && self.migrations.sets_a_constant(touch.step, &touch.path)
        });
        let offers = |touch: &Touch| self.others.iter().any(|other| at(other, &touch.path) == Some(value));
        sets.into_iter().find(|touch| value.is_string() && offers(touch)).map(|touch| touch.step)
    }

    /// Values that the user changes after the first start, and that the next start changes back.
    fn edited(&self, first: &Ran, failures: &mut Vec<Failure>) {
        let mut seen: Vec<&[String]> = Vec::new();
        for touch in first.touched.iter().filter(|touch| self.is_meant_for_all(touch)) {
            let is_new = !seen.contains(&touch.path.as_slice());
            let (Some(after), true) = (at(&first.used, &touch.path), is_new) else { continue };
            if touch.change == Change::Remove {
                continue;
            }
            seen.push(&touch.path);
            let mut options: Vec<Value> =
                self.others.iter().filter_map(|other| at(other, &touch.path)).cloned().collect();
            match after {
                Value::String(text) => options.push(format!("{text}-edited").into()),
                Value::Bool(value) => options.push((!value).into()),
                Value::Number(number) => {
                    options.extend(number.as_i64().map(|value| Value::from(value.wrapping_add(1))))
                }
                _ => {}
            }
            options.retain(|option| option != after && !is_empty(option));
            let accepted = options.into_iter().take(8).find_map(|option| {
                let mut edited = first.saved.clone();
                let is_put = put(&mut edited, &touch.path, option.clone());
                (is_put && self.new.accepts(&edited)).then_some((edited, option))
            });
            let Some((edited, option)) = accepted else { continue };
            if let Start::Ran(ran) = self.migrations.start(&edited)
                && at(&ran.used, &touch.path) != Some(&option)
            {
                failures.push(Failure::Overwrites(Loss {
                    at: touch.path.clone(),
                    step: touch.step,
                    config: edited,
                }));
            }
        }
    }

    /// Secrets that are nowhere after the first start.
    fn lost(&self, config: &Value, first: &Ran, failures: &mut Vec<Failure>) {
        let found = self.secrets.iter().flat_map(|path| places_of(config, path));
        for (path, secret) in found.filter(|(_, secret)| !is_empty(secret)) {
            let touch = first.touched.iter().find(|touch| {
                touch.step < self.migrations.saved_steps()
                    && meets(&touch.path, &path)
                    && touch.before.is_some()
            });
            if let Some(touch) = touch.filter(|_| !holds(&first.saved, secret) && !holds(&first.used, secret))
            {
                failures.push(Failure::LosesSecret(Loss {
                    at: path,
                    step: touch.step,
                    config: config.clone(),
                }));
            }
        }
    }

    /// What a start does to a config that the new spec accepts and that users save with its form: it should leave their
    /// values alone.
    pub fn of_new(&self, config: &Value) -> Vec<Failure> {
        let ran = match self.migrations.start(config) {
            Start::Ran(ran) => ran,
            Start::Stops(halt) => return vec![Failure::Stops { halt, second: false }],
            Start::Opaque(halt) => return vec![Failure::Opaque(halt)],
        };
        let replaced = ran.touched.iter().filter(|touch| {
            let before = at(config, &touch.path).filter(|before| !is_empty(before));
            before.is_some_and(|before| {
                self.may_lose(touch, before)
                    && at(&ran.used, &touch.path) != Some(before)
                    && !holds(&ran.used, before)
            })
        });
        let mut failures: Vec<Failure> = Vec::new();
        let refusals = self.new.refusals(&ran.used);
        if !refusals.is_empty() {
            failures.push(Failure::Refused { refusals, second: false });
        }
        for touch in replaced {
            let loss = Loss { at: touch.path.clone(), step: touch.step, config: config.clone() };
            let failure = Failure::Overwrites(loss);
            if !failures.contains(&failure) {
                failures.push(failure);
            }
        }
        failures
    }

    /// Whether a step may not change this value: it does not say for which value it is meant, or means one that the form of
    /// the new version offers. What is changed at each start and not saved may be taken out: it is saved still.
    fn may_lose(&self, touch: &Touch, before: &Value) -> bool {
        let is_offered = || self.others.iter().any(|other| at(other, &touch.path) == Some(before));
        let is_saved = touch.step < self.migrations.saved_steps();
        (is_saved || touch.change == Change::Set)
            && (!self.migrations.is_remap(touch.step) || is_offered())
            && (is_saved || self.is_declared(touch))
    }

    /// Whether a step changes whatever stands in a place that the form of the new version has.
    fn is_meant_for_all(&self, touch: &Touch) -> bool {
        let is_saved = touch.step < self.migrations.saved_steps();
        (is_saved || self.is_declared(touch)) && !self.migrations.is_remap(touch.step)
    }

    fn is_declared(&self, touch: &Touch) -> bool {
        self.others.iter().any(|other| at(other, &touch.path).is_some())
    }
}

/// What the configs that were tried had where a step sets one value.
#[derive(Debug, Default)]
pub struct Merging {
    /// The first value; `None` where another was found and told.
    first: BTreeMap<(usize, Vec<String>), Option<Value>>,
    moved: Moved,
}

/// The step, its place, the source and the value that it sets.
type Move = (usize, Vec<String>, Vec<String>, String);

/// What was moved: by the step, its place, the source and the value that it sets, a value that the source had, and whether
/// it was lost.
#[derive(Debug, Default)]
struct Moved {
    seen: BTreeMap<Move, (Value, bool)>,
    /// What was told already.
    told: BTreeSet<(usize, Vec<String>)>,
}

/// Whether two values are one but for what a template takes off a text: blanks and quotes around it.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::String(one), Value::String(other)) => one == other || bare(one) == bare(other),
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        _ => one == other,
    }
}

fn bare(text: &str) -> &str {
    let text = text.trim();
    let inner = |mark| text.strip_prefix(mark)?.strip_suffix(mark);
    inner('\'').or_else(|| inner('"')).unwrap_or(text)
}

/// The value at a place.
pub fn at<'v>(value: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, part| match value {
        Value::Object(map) => map.get(part),
        Value::Array(items) => items.get(part.parse::<usize>().ok()?),
        _ => None,
    })
}

/// The segment of a path that stands for every key of a map and every item of a list.
pub const EACH: &str = "*";

/// The values at a path, in which [`EACH`] stands for several, with the place of each.
fn places_of<'v>(value: &'v Value, path: &[String]) -> Vec<(Vec<String>, &'v Value)> {
    let mut found = vec![(Vec::new(), value)];
    for part in path {
        let mut next = Vec::new();
        for (place, value) in found {
            let mut push =
                |key: String, inner: &'v Value| next.push(([place.as_slice(), &[key]].concat(), inner));
            match value {
                Value::Object(map) if part == EACH => {
                    map.iter().for_each(|(key, inner)| push(key.clone(), inner))
                }
                Value::Array(items) if part == EACH => {
                    items.iter().enumerate().for_each(|(index, inner)| push(index.to_string(), inner));
                }
                Value::Object(map) => map.get(part).into_iter().for_each(|inner| push(part.clone(), inner)),
                _ => {}
            }
        }
        found = next;
    }
    found
}

/// Puts a value at a place, and makes the objects that hold it; false where something else stands in the way.
pub fn put(value: &mut Value, path: &[String], new: Value) -> bool {
    let Some((last, above)) = path.split_last() else { return false };
    let mut holder = value;
    for part in above {
        let Value::Object(map) = holder else { return false };
        holder = map.entry(part).or_insert_with(|| Value::Object(serde_json::Map::new()));
    }
    match holder {
        Value::Object(map) => {
            map.insert(last.clone(), new);
            true
        }
        _ => false,
    }
}

/// The texts and numbers in a value, with their places.
fn named_leaves(value: &Value, path: &mut Vec<String>, found: &mut Vec<(Vec<String>, Value)>) {
    match value {
        Value::Object(map) => {
            for (name, inner) in map {
                path.push(name.clone());
                named_leaves(inner, path, found);
                path.pop();
            }
        }
        Value::String(_) | Value::Number(_) => found.push((path.clone(), value.clone())),
        _ => {}
    }
}

/// Adds the names of the properties of an object, at whatever depth.
pub(super) fn names_in(value: &Value, names: &mut BTreeSet<String>) {
    for (name, inner) in value.as_object().into_iter().flatten() {
        if !names.contains(name) {
            names.insert(name.clone());
        }
        names_in(inner, names);
    }
}

/// What says nothing that a user meant.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

/// Whether every value inside of `part` stands somewhere in `whole`.
fn holds(whole: &Value, part: &Value) -> bool {
    match part {
        Value::Object(map) => map.values().all(|value| holds(whole, value)),
        Value::Array(items) => items.iter().all(|value| holds(whole, value)),
        // Such values stand anywhere.
        Value::Null | Value::Bool(_) => true,
        scalar => stands_in(whole, scalar),
    }
}

fn stands_in(whole: &Value, scalar: &Value) -> bool {
    match whole {
        Value::Object(map) => map.values().any(|value| stands_in(value, scalar)),
        Value::Array(items) => items.iter().any(|value| stands_in(value, scalar)),
        Value::String(text) => {
            // A text in quotes loses them where it is copied, and nobody means them.
            let unquoted = |scalar: &str| {
                let inner = ['\'', '"']
                    .iter()
                    .find_map(|mark| scalar.trim().strip_prefix(*mark)?.strip_suffix(*mark));
                inner.is_some_and(|inner| inner == text)
            };
            scalar.as_str().is_some_and(|scalar| scalar == text || unquoted(scalar))
        }
        value => value == scalar,
    }
}

/// The places where two values differ, the topmost of each.
pub fn differences(one: &Value, other: &Value) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    differ(one, other, &mut Vec::new(), &mut found);
    found
}

fn differ(one: &Value, other: &Value, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let keys: std::collections::BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            for key in keys {
                path.push(key.clone());
                match (one.get(key), other.get(key)) {
                    (Some(one), Some(other)) => differ(one, other, path, found),
                    _ => found.push(path.clone()),
                }
                path.pop();
            }
        }
        (one, other) if one == other => {}
        _ => found.push(path.clone()),
    }
}
