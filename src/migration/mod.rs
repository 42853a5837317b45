//! Running the `config_normalization_rules` of a manifest on a config, as the CDK does at every start.
//!
//! What airbyte-cdk 7.39.1 does, and this room with it (`parity/migrations.py` records it, `tests/migrations.rs` replays
//! it):
//!
//! - Every migration runs at **every** start. What they leave is written back where the CDK sees a change: it compares a
//!   copy of the top of the config with the original, so that what is changed inside of an object is not seen, is not
//!   saved, and is done again at the next start.
//! - `transformations` run after the migrations, on the same config, and are never saved. The spec is held against what
//!   comes out of both. A config without any key is not touched at all.
//! - `ConfigAddFields` evaluates the value **before** its condition, once per field. A key at the top that is not there
//!   gives an empty text; a key inside of what is not there stops the connector, whatever the condition says.
//! - What a template prints is read as a Python literal: the text `12345` becomes a number. `value_type: string` keeps it
//!   a text. The values and keys of a `ConfigRemapField` are read alike, and an empty text there becomes null.
//! - A template that raises a `TypeError` is taken for the text that it is.
//!
//! What cannot be followed exactly is *opaque*, and says its place and why. Nothing that is opaque may be credited.

mod asked;
mod configs;
mod expression;
mod ground;
mod literal;
mod part;
mod step;
mod template;
mod trial;
mod value;

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, OnceLock};

use ruff_python_ast::comparable::ComparableExpr;
use serde_json::Value;

use crate::model::{ConfigRules, ConfigStep, ConfigValidation, Pointer};
use crate::schema::{Options, Validator};
pub use configs::{Configs, Placed, Variant, Variants};
pub(crate) use expression::DICT_METHODS;
pub use ground::{Ground, Group, Slice};
pub use part::Part;
pub use step::Writes;
use step::{Config, Known, Step};
use template::Fault;
use trial::names_in;
pub use trial::{EACH, Failure, Loss, Merging, Trial, Tried, at, differences, put};
use value::Py;

/// What runs at the start of a connector.
#[derive(Debug, Clone)]
pub struct Migrations {
    migrations: Vec<(Pointer, Arc<Known>)>,
    transformations: Vec<(Pointer, Arc<Known>)>,
    validations: Vec<(Vec<String>, Option<Arc<Validator>>)>,
    /// The steps that have to do with a property of the root, and those that may have to do with any.
    by_root: OnceLock<ByRoot>,
}

/// Steps by the property of the root, and steps of any.
type ByRoot = (BTreeMap<String, Vec<usize>>, Vec<usize>);

/// The values that steps compare with.
#[derive(Debug)]
pub struct Literals {
    /// By step.
    values: Vec<Vec<Value>>,
    /// Steps that have to do with each other, by property of the root.
    component_of: BTreeMap<String, usize>,
    components: Vec<Vec<usize>>,
    by_root: BTreeMap<String, Vec<usize>>,
    any: Vec<usize>,
}

impl Literals {
    /// Those that may decide what becomes of a property: of the steps that are about the same property of the root, then of
    /// all that it may flow into.
    pub fn about(&self, field: &[String]) -> Vec<Value> {
        let Some(root) = field.first() else { return Vec::new() };
        let near = self.by_root.get(root).into_iter().flatten().chain(&self.any);
        let component = self.component_of.get(root).and_then(|index| self.components.get(*index));
        let steps = near.chain(component.into_iter().flatten());
        let values = steps.filter_map(|step| self.values.get(*step)).flatten();
        let mut seen = HashSet::new();
        values.filter(|value| seen.insert(*value)).cloned().collect()
    }
}

/// What a start makes of a config.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    /// The connector goes on.
    Ran(Ran),
    /// An error stops the connector.
    Stops(Halt),
    /// A step cannot be followed.
    Opaque(Halt),
}

/// A start that went well.
#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    /// The config that the next start reads.
    pub saved: Value,
    /// The config that this start uses, and that the spec is held against.
    pub used: Value,
    /// What was changed, in order; those of migrations come first.
    pub touched: Vec<Touch>,
}

/// Where a start ends, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Halt {
    /// The step, from `spec` on.
    pub pointer: Pointer,
    /// Why.
    pub why: String,
}

/// A value that a step changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Touch {
    /// The number of the step among all of them, migrations first.
    pub step: usize,
    /// Where.
    pub path: Vec<String>,
    /// How.
    pub change: Change,
    /// What stood there.
    pub before: Option<Value>,
    /// What stands there now.
    pub after: Option<Value>,
}

/// How a value is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is set, or set to another value.
    Set,
    /// It is taken out.
    Remove,
}

impl Touch {
    fn of(path: &[String], change: Change) -> impl Fn(Option<&Py>, Option<&Py>) -> Self {
        let path = path.to_vec();
        move |before, after| Self {
            step: 0,
            path: path.clone(),
            change,
            before: before.and_then(Py::to_json),
            after: after.and_then(Py::to_json),
        }
    }
}

/// A config grows up to so many times its size, and this many bytes more, before it counts as growing without end.
const MOST_TIMES: usize = 16;
const MOST_GROWTH: usize = 8 * 1024;

impl Migrations {
    /// Reads the templates of all steps.
    pub fn new(rules: &ConfigRules) -> Self {
        let read = |steps: &[ConfigStep]| -> Vec<(Pointer, Arc<Known>)> {
            steps.iter().map(|step| (step.pointer.clone(), Arc::new(Known::read(&step.kind)))).collect()
        };
        let validations = rules.validations.iter().filter_map(|validation| match validation {
            ConfigValidation::Schema { path, schema } => {
                Some((path.clone(), Validator::new(schema, &Options::default()).ok().map(Arc::new)))
            }
            ConfigValidation::Opaque { .. } => None,
        });
        Self {
            migrations: read(&rules.migrations),
            transformations: read(&rules.transformations),
            validations: validations.collect(),
            by_root: OnceLock::new(),
        }
    }

    /// Reads the templates of migrations alone.
    pub fn of(steps: &[ConfigStep]) -> Self {
        Self::new(&ConfigRules { migrations: steps.to_vec(), ..ConfigRules::default() })
    }

    /// Whether nothing is done to a config.
    pub fn is_empty(&self) -> bool {
        self.migrations.is_empty() && self.transformations.is_empty()
    }

    /// Where a step stands, from `spec` on.
    pub fn pointer(&self, step: usize) -> Option<&Pointer> {
        let later = || self.transformations.get(step.checked_sub(self.migrations.len())?);
        self.migrations.get(step).or_else(later).map(|(pointer, _)| pointer)
    }

    /// How many of the steps are migrations, whose results are saved.
    pub fn saved_steps(&self) -> usize {
        self.migrations.len()
    }

    fn known(&self, step: usize) -> Option<&Known> {
        let later = || self.transformations.get(step.checked_sub(self.migrations.len())?);
        self.migrations.get(step).or_else(later).map(|(_, step)| &**step)
    }

    fn step(&self, step: usize) -> Option<&Step> {
        self.known(step).map(|known| &known.step)
    }

    /// Whether a step is a `ConfigRemapField`, which says which values it replaces.
    pub fn is_remap(&self, step: usize) -> bool {
        matches!(self.step(step), Some(Step::Remap { .. }))
    }

    /// The properties that a step reads as a value, sets or removes.
    fn places_of(&self, step: usize) -> &[Vec<String>] {
        self.known(step).map_or(&[], |known| &known.places)
    }

    /// Whether a step reads, sets or removes a property, something in it, or what holds it.
    pub fn is_about(&self, step: usize, field: &[String]) -> bool {
        self.places_of(step).iter().any(|place| place.starts_with(field) || field.starts_with(place))
    }

    /// The properties that steps read as a value, set or remove.
    pub fn places(&self) -> Vec<Vec<String>> {
        let all = self.migrations.iter().chain(&self.transformations);
        all.flat_map(|(_, step)| step.places.iter().cloned()).collect()
    }

    /// The properties that steps read, ask for, set or remove, and the values that their templates compare with.
    pub fn asks(&self) -> (Vec<Vec<String>>, Vec<Value>) {
        let (mut paths, mut literals) = (Vec::new(), Vec::new());
        for (_, known) in self.migrations.iter().chain(&self.transformations) {
            let (of_step, values) = known.step.asks();
            paths.extend(of_step);
            literals.extend(values);
        }
        (paths, literals)
    }

    /// The values that steps compare with, by the properties that these have to do with.
    pub fn literals(&self) -> Literals {
        let all = self.migrations.iter().chain(&self.transformations);
        let values: Vec<Vec<Value>> = all.map(|(_, known)| known.step.asks().1).collect();
        let mut component_of = BTreeMap::new();
        let mut components = Vec::new();
        for (roots, steps) in self.connected_steps() {
            component_of.extend(roots.into_iter().map(|root| (root, components.len())));
            components.push(steps);
        }
        let (by_root, any) = self.by_root().clone();
        Literals { values, component_of, components, by_root, any }
    }

    /// Whether others make the same of the config by operators, filters and methods, as far as it is written.
    pub fn work_out_the_same(&self, others: &Self) -> bool {
        fn applied(migrations: &Migrations) -> HashSet<ComparableExpr<'_>> {
            let all = migrations.migrations.iter().chain(&migrations.transformations);
            all.flat_map(|(_, known)| known.step.applied()).collect()
        }
        applied(self) == applied(others)
    }

    /// What the templates of steps look for in several properties at once.
    pub fn looked_for_together(&self) -> Vec<BTreeMap<Vec<String>, Vec<Value>>> {
        let all = self.migrations.iter().chain(&self.transformations);
        all.flat_map(|(_, known)| known.step.looked_for_together()).collect()
    }

    /// Whether a step sets a property to one value, whatever the config holds.
    pub fn sets_a_constant(&self, step: usize, path: &[String]) -> bool {
        self.step(step).is_some_and(|step| step.sets_a_constant(path))
    }

    /// The first step that reads, sets or removes a property itself.
    pub fn step_about(&self, field: &[String]) -> Option<usize> {
        let Some(root) = field.first() else {
            return (0..self.steps()).find(|step| self.is_about(*step, field));
        };
        let (by_root, any) = self.by_root();
        let near = by_root.get(root).into_iter().flatten().chain(any).copied();
        near.filter(|step| self.is_about(*step, field)).min()
    }

    fn by_root(&self) -> &(BTreeMap<String, Vec<usize>>, Vec<usize>) {
        self.by_root.get_or_init(|| {
            let (mut by_root, mut any) = (BTreeMap::<String, Vec<usize>>::new(), Vec::new());
            for (index, (_, known)) in self.migrations.iter().chain(&self.transformations).enumerate() {
                match &known.roots {
                    Some(roots) => roots.iter().for_each(|root| {
                        by_root.entry(root.clone()).or_default().push(index);
                    }),
                    None => any.push(index),
                }
            }
            (by_root, any)
        })
    }

    /// The first step whose condition works out of the config what it compares: which values it turns at is not known.
    pub fn blind_step(&self) -> Option<usize> {
        (0..self.steps()).find(|step| self.known(*step).is_some_and(|known| known.step.is_blind()))
    }

    /// The properties that a step reads for the value that it sets at a place.
    fn sources(&self, step: usize, path: &[String]) -> Vec<Vec<String>> {
        self.step(step).map(|step| step.sources(path)).unwrap_or_default()
    }

    /// Whether a template of a step names a value.
    fn names(&self, step: usize, value: &Value) -> bool {
        self.step(step).is_some_and(|step| step.asks().1.contains(value))
    }

    /// How many steps there are.
    pub fn steps(&self) -> usize {
        self.migrations.len() + self.transformations.len()
    }

    /// Starts with a saved config.
    pub fn start(&self, saved: &Value) -> Start {
        let is_empty = saved.as_object().is_none_or(serde_json::Map::is_empty);
        if is_empty || self.is_empty() {
            // The CDK looks at no config without keys.
            return Start::Ran(Ran { saved: saved.clone(), used: saved.clone(), touched: Vec::new() });
        }
        let saved_size = size(saved);
        let most = saved_size * MOST_TIMES + MOST_GROWTH;
        // The config is as large as this at most: it is measured where that may be too much.
        let mut bound = saved_size;
        let mut config = Config::new(Py::of(saved));
        let mut touched = Vec::new();
        let mut written = saved.clone();
        let all = self.migrations.iter().chain(&self.transformations);
        for (index, (pointer, step)) in all.enumerate() {
            let from = touched.len();
            let halt = |why: String| Halt { pointer: pointer.clone(), why };
            match step.step.run(&mut config, &mut touched) {
                Ok(()) => {}
                Err(Fault::Stops(why) | Fault::Undefined(why)) => return Start::Stops(halt(why)),
                Err(Fault::Type) => return Start::Opaque(halt("a value of an odd type".to_owned())),
                Err(Fault::Opaque(why)) => return Start::Opaque(halt(why)),
            }
            for touch in &mut touched[from..] {
                touch.step = index;
                if touch.change == Change::Set {
                    let Some(after) = &touch.after else {
                        return Start::Opaque(halt("a value that is no JSON".to_owned()));
                    };
                    bound += size(after) + touch.path.iter().map(|part| step::room_for(part)).sum::<usize>();
                }
            }
            if bound > most {
                bound = config.value.size();
                if bound > most {
                    return Start::Opaque(halt(format!("the config grows past {most} bytes")));
                }
            }
            if index + 1 == self.migrations.len() && config.is_changed() {
                match config.value.to_json() {
                    Some(value) => written = value,
                    None => return Start::Opaque(halt("a value that is no JSON".to_owned())),
                }
            }
        }
        match config.value.to_json() {
            Some(used) => Start::Ran(Ran { saved: written, used, touched }),
            None => Start::Opaque(Halt {
                pointer: Pointer::root(),
                why: "the config holds a value that is no JSON".to_owned(),
            }),
        }
    }

    /// The first of the `validations` that refuses the config that a start uses, with its number and the reason. What a
    /// class of the connector checks is not known, and counts as passed.
    pub fn refused_by_validation(&self, used: &Value) -> Option<(usize, String)> {
        self.validations.iter().enumerate().find_map(|(index, (path, validator))| {
            let mut value = used;
            for part in path {
                value = match value {
                    Value::Object(map) => map.get(part)?,
                    Value::Array(items) => items.get(part.parse::<usize>().ok()?)?,
                    _ => return None,
                };
            }
            // The CDK reads a text as JSON first.
            let read = match value {
                Value::String(text) => match serde_json::from_str::<Value>(text) {
                    Ok(read) => read,
                    Err(_) => return Some((index, format!("`{}` holds no JSON", path.join("/")))),
                },
                value => value.clone(),
            };
            let refusal = validator.as_ref()?.refusal(&read)?;
            Some((index, format!("`{}`: {refusal}", path.join("/"))))
        })
    }
}

/// About how many bytes a value takes as JSON.
fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() + 2,
        Value::Array(items) => items.iter().map(|item| size(item) + 1).sum::<usize>() + 2,
        Value::Object(map) => map.iter().map(|(key, value)| key.len() + size(value) + 4).sum::<usize>() + 2,
        _ => 8,
    }
}
