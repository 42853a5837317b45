//! Both specs, asked about one config, and what of it may be shown.

use std::sync::Arc;

use serde_json::Value;

use super::entries;
use crate::judge::{Extent, SavedConfigs, SpecNotAsked, saved_configs};
use crate::model::Connector;
use crate::schema::Validator;

/// Both specs, asked about one config.
#[derive(Debug)]
pub struct Judges {
    old: Arc<Validator>,
    new: Arc<Validator>,
    specs: [Value; 2],
}

impl Judges {
    /// Prepares the specs of both sides.
    ///
    /// # Errors
    /// A side has no spec, or one that the validator cannot read.
    pub fn new(old: &Connector, new: &Connector) -> Result<Self, SpecNotAsked> {
        let saved = saved_configs(old, new, (1, Extent::Whole), &[])?;
        let SavedConfigs { accepts_old, accepts_new, before, after, .. } = saved;
        Ok(Self { old: accepts_old, new: accepts_new, specs: [before, after] })
    }

    /// Why the old spec refuses a config, without its values.
    pub fn old_refusal(&self, config: &Value) -> Option<String> {
        self.old.refusal(config)
    }

    /// Why the new spec refuses a config, without its values.
    pub fn new_refusal(&self, config: &Value) -> Option<String> {
        self.new.refusal(config)
    }

    /// A config with every value masked that is a secret of either spec, or that neither declares. `saved` is the config
    /// that it was made of: what is masked there is masked wherever it stands now.
    pub fn masked(&self, config: &Value, saved: &Value) -> Value {
        let mut plain: Vec<Vec<String>> = Vec::new();
        let mut secret: Vec<Vec<String>> = Vec::new();
        for spec in &self.specs {
            for entry in entries::entries(spec) {
                let list = if entries::hides_secret(entry.schema) { &mut secret } else { &mut plain };
                list.push(entry.path);
            }
        }
        let mut hidden = Vec::new();
        let is_plain = |path: &[String]| {
            plain.iter().any(|one| one == path) && !secret.iter().any(|one| path.starts_with(one))
        };
        mask(saved, &mut Vec::new(), &mut |path, scalar| {
            let shows = is_plain(path);
            if !shows {
                hidden.push(scalar.clone());
            }
            shows
        });
        mask(config, &mut Vec::new(), &mut |path, scalar| is_plain(path) && !hidden.contains(scalar))
    }
}

/// A config in which only scalars stand that may be shown.
fn mask(value: &Value, path: &mut Vec<String>, shows: &mut dyn FnMut(&[String], &Value) -> bool) -> Value {
    match value {
        Value::Object(map) => {
            let mut masked = serde_json::Map::new();
            for (key, inner) in map {
                path.push(key.clone());
                masked.insert(key.clone(), mask(inner, path, shows));
                path.pop();
            }
            Value::Object(masked)
        }
        Value::Array(items) => items.iter().map(|item| mask(item, path, shows)).collect(),
        Value::Null | Value::Bool(_) => value.clone(),
        scalar if shows(path, scalar) => scalar.clone(),
        _ => "****".into(),
    }
}
