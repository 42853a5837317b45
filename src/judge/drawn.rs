//! Configs that users saved, drawn: for the trial of migrations, and for what else is tried on configs.
//!
//! A config is drawn from a spec (`schema::Generator`) and kept where the form saves it, more of them around what was edited.
//! The seed is fixed: the same specs give the same configs.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::Value;
use thiserror::Error;

use super::inclusion::{as_validated, without_internal_keys};
use super::listed::each_value;
use super::part::{is_conjunction, without_the_same};
use super::questions::Questions;
use super::secrets::secrets;
use super::stored::{Limited, likely_stored};
use crate::migration::Migrations;
use crate::model::{Connector, Sides};
use crate::schema::{Generator, Objects, Options, Prepared, Validator};

/// So many configs are drawn around each edit.
const AROUND: usize = 40;

/// So many bytes of schemas are gone through to draw configs.
const MOST_WORK: usize = 50_000_000;

/// So many are drawn from the new spec, as users save them later.
pub(super) const LATER: usize = 80;

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
    // A schema that fans out is slow to validate with: the larger it is, the fewer configs are tried. What counts is the spec, and
    // not how its limits are written.
    let most = MOST_WORK / spec.to_string().len().max(1);
    let mut generator = Generator::new(spec, 20);
    let mut drawn: Vec<Value> = Vec::new();
    let mut draw = |count: usize, around: &[String]| {
        let mut left = count;
        for _ in 0..(count * 6).min(most) {
            if left == 0 || drawn.len() >= enough {
                break;
            }
            let config = generator.next(around);
            match saved.accepts(&config) {
                Some(true) => {
                    left -= 1;
                    drawn.push(config);
                }
                Some(false) => {}
                None => break,
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

/// Configs that the form of the new spec saves; `accepts` says of a config whether it is one of the new spec.
pub(super) fn later(before: &Value, after: &Value, accepts: &Arc<Validator>, count: usize) -> Vec<Value> {
    let prepared = |schema| Prepared::new(schema, &Options::default());
    let saved = match likely_stored(after, before) {
        Some(Limited { schema, is_idle: true, .. }) => {
            prepared(schema).with_stand_in(accepts.clone(), Objects::Any)
        }
        Some(Limited { schema, .. }) => prepared(schema),
        None => prepared(Cow::Borrowed(after)),
    };
    saved_configs(after, &saved, count, &[]).iter().map(without_internal_keys).collect()
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
    /// Whether the properties of the new config have nothing to do with each other.
    pub is_apart: bool,
    /// What says which configs the form saves, until all are drawn.
    saved: Mutex<Option<Prepared<'static>>>,
    samples: Vec<Value>,
    count: usize,
    edits: Vec<Vec<String>>,
    migrations: Migrations,
    configs: OnceLock<Drawn>,
    others: OnceLock<Vec<Value>>,
    secrets: OnceLock<Vec<Vec<String>>>,
}

/// Configs: samples and those that are drawn, so many, then those with values that are listed.
#[derive(Debug)]
struct Drawn {
    all: Vec<Value>,
    drawn: usize,
}

/// So many configs are drawn before the others.
const FIRST: usize = 8;

impl SavedConfigs {
    /// Configs that the form of the old version saves: samples, then those that are drawn.
    pub fn configs(&self) -> &[Value] {
        &self.drawn().all
    }

    fn drawn(&self) -> &Drawn {
        let made = || {
            let mut configs = self.samples.clone();
            // Nobody draws again, and what says which configs are saved is as large as the spec.
            let saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(saved) = saved {
                configs.extend(saved_configs(&self.before, &saved, self.count, &self.edits));
            }
            let known: Vec<&Value> = configs.iter().collect();
            let specs = (&self.before, &self.after);
            let accepts_old = self.accepts_old.clone();
            let each = each_value(specs, &self.edits, &self.migrations, &known, accepts_old).variants;
            let each: Vec<Value> =
                each.iter().filter_map(|variant| variant.of(configs.get(variant.base)?)).collect();
            // Such a config says more than one that is drawn, and takes the place of half of these at most.
            let drawn = self.count.saturating_sub(each.len()).max(self.certain());
            configs.truncate(drawn.max(self.samples.len()));
            let drawn = configs.len();
            configs.extend(each);
            Drawn { all: configs, drawn }
        };
        self.configs.get_or_init(made)
    }

    /// So many of the samples and of the configs that are drawn stay, whatever is listed besides.
    fn certain(&self) -> usize {
        self.count / 2
    }

    /// The first of the same, without the price of drawing all, unless somebody does that already.
    pub fn first(&self) -> Vec<Value> {
        let draw = |saved: &Prepared<'_>| first_saved(&self.before, saved, self.count, &self.edits, FIRST);
        let drawn = self.saved.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(draw);
        let mut configs: Vec<Value> = match drawn {
            Some(drawn) => self.samples.iter().cloned().chain(drawn).collect(),
            None => {
                let Drawn { all, drawn } = self.drawn();
                all.iter().take((*drawn).min(self.samples.len() + FIRST)).cloned().collect()
            }
        };
        configs.truncate(self.certain().max(self.samples.len()));
        configs
    }

    /// Configs that the form of the new version saves.
    pub fn others(&self) -> &[Value] {
        self.others.get_or_init(|| later(&self.before, &self.after, &self.accepts_new, LATER))
    }

    /// Where the old config has secrets.
    pub fn secrets(&self) -> &[Vec<String>] {
        self.secrets.get_or_init(|| secrets(&self.before))
    }
}

/// Why no configs can be drawn from a spec.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct SpecNotAsked(String);

/// Which properties the configs have that are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All that the specs declare.
    Whole,
    /// Those that differ between the specs, that either requires, or that the new manifest's migrations are about, where the others
    /// have nothing to do with these.
    Differing,
}

/// Configs of the old version, more of them around the properties of `edits`.
///
/// # Errors
/// A side has no spec, or one that cannot be asked; the text says why.
pub fn saved_configs_of(
    old: &Connector,
    new: &Connector,
    (count, extent): (usize, Extent),
    edits: &[Vec<String>],
) -> Result<SavedConfigs, SpecNotAsked> {
    let unread = |name: &str| SpecNotAsked(format!("the {name} version has no spec that could be read"));
    let before = old.spec.as_ref().ok_or_else(|| unread("old"))?;
    let after = new.spec.as_ref().ok_or_else(|| unread("new"))?;
    const CONFIG: &str = "connectionSpecification";
    let (before, after) = (as_validated(&before.value[CONFIG]), as_validated(&after.value[CONFIG]));
    let migrations = Migrations::new(&new.config_rules);
    // A sample is tried as it is, and a validation may ask about any property.
    let may_differ = extent == Extent::Differing && old.configs.is_empty();
    let kept = migrations.roots().filter(|_| may_differ && new.config_rules.validations.is_empty());
    let less = kept.and_then(|kept| without_the_same(&before, &after, &kept));
    let (before, after) = less.unwrap_or_else(|| (before.into_owned(), after.into_owned()));
    let questions = Questions::new(&before, &after, &old.configs, &new.limits).map_err(SpecNotAsked)?;
    let samples = questions.samples.iter().map(|(_, config)| config.clone()).collect();
    let Sides { old: accepts_old, new: accepts_new } = questions.validators().map_err(SpecNotAsked)?;
    let saved = questions.into_saved().into_owned();
    Ok(SavedConfigs {
        saved: Mutex::new(Some(saved)),
        accepts_old,
        accepts_new,
        is_apart: is_conjunction(&after),
        samples,
        count,
        edits: edits.to_vec(),
        migrations,
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

    /// The first configs are the first of all of them: none gives way to a listed value.
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
            (vec![vec!["b".to_owned()]], 151, FIRST),
        ] {
            let saved = saved_configs_of(&old, &new, (count, Extent::Whole), &edits).expect("specs");
            let first = saved.first();
            assert!(!first.is_empty() && first.len() <= expected, "{edits:?}: {first:?}");
            assert_eq!(first, saved.configs()[..first.len()], "{edits:?}");
            assert_eq!(first, saved.first(), "{edits:?}");
        }
    }
}
