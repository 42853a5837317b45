//! Configs and the new spec, whole or limited to a few properties of the root.
//!
//! What a few properties are migrated to is asked of them alone, wherever the new spec says nothing of its root but which
//! properties there are, and which of them are required. Many configs are one then: each is tried once.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::Trial;
use super::{Migrations, names_in};
use crate::schema::{Options, Validator};

/// What migrations are tried on.
#[derive(Debug)]
pub struct Ground<'g> {
    schema: &'g Value,
    new: Arc<Validator>,
    configs: &'g [Value],
    others: &'g [Value],
    secrets: &'g [Vec<String>],
    names: Arc<BTreeSet<String>>,
    /// Of each property of the root, which value it has in each config: `None` where properties of the new spec may have to
    /// do with each other.
    columns: Option<[Columns; 2]>,
}

/// Of each property of the root the number of its value in each config; 0 where it is not there.
type Columns = BTreeMap<String, Vec<u32>>;

/// Configs that are one, as far as a slice goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The config, with what the slice is about.
    pub config: Value,
    /// The configs that it stands for, by their numbers.
    pub of: Vec<usize>,
}

/// The part of a [`Ground`] that a few properties make up.
#[derive(Debug)]
pub struct Slice {
    /// The configs of the old version.
    pub configs: Vec<Group>,
    /// Those of the new one.
    pub others: Vec<Group>,
    new: Arc<Validator>,
    secrets: Vec<Vec<String>>,
    values: Vec<Value>,
    names: Arc<BTreeSet<String>>,
}

impl<'g> Ground<'g> {
    /// `schema` is what `new` validates; `is_apart` says whether its root says nothing but which properties there are and
    /// which of them are required. `configs` are of the old version, `others` of the new one, and `secrets` says where the
    /// old one has some.
    pub fn new(
        (schema, new): (&'g Value, Arc<Validator>),
        is_apart: bool,
        (configs, others): (&'g [Value], &'g [Value]),
        secrets: &'g [Vec<String>],
    ) -> Self {
        let mut names = BTreeSet::new();
        others.iter().for_each(|other| names_in(other, &mut names));
        let is_apart = is_apart && configs.iter().chain(others).all(Value::is_object);
        let columns = is_apart.then(|| [columns(configs), columns(others)]);
        Self { schema, new, configs, others, secrets, names: Arc::new(names), columns }
    }

    /// Whether properties can be asked about alone.
    pub fn is_apart(&self) -> bool {
        self.columns.is_some()
    }

    /// The properties of the root that any config has, or the new spec.
    pub fn roots(&self) -> BTreeSet<String> {
        let own = self.schema.get("properties").and_then(Value::as_object);
        let required = self.schema.get("required").and_then(Value::as_array);
        let configs = self.columns.iter().flatten().flat_map(BTreeMap::keys);
        own.into_iter()
            .flat_map(Map::keys)
            .chain(configs)
            .cloned()
            .chain(required.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned))
            .collect()
    }

    /// All of it.
    pub fn whole(&self) -> Slice {
        let groups = |all: &[Value]| {
            let each = all.iter().enumerate();
            each.map(|(index, config)| Group { config: config.clone(), of: vec![index] }).collect()
        };
        Slice {
            configs: groups(self.configs),
            others: groups(self.others),
            new: self.new.clone(),
            secrets: self.secrets.to_vec(),
            values: self.others.to_vec(),
            names: self.names.clone(),
        }
    }

    /// What some properties of the root make up; all of it where they cannot be asked about alone.
    pub fn slice(&self, roots: &BTreeSet<String>) -> Slice {
        let Some([of_configs, of_others]) = &self.columns else { return self.whole() };
        let filler = filler(roots);
        let schema = limited(self.schema, roots, &filler);
        let Ok(new) = Validator::new(&schema, &Options::default()) else { return self.whole() };
        let configs = groups(self.configs, of_configs, roots, &filler);
        let others = groups(self.others, of_others, roots, &filler);
        let is_inside = |path: &&Vec<String>| path.first().is_some_and(|root| roots.contains(root));
        Slice {
            configs,
            values: others.iter().map(|group| group.config.clone()).collect(),
            others,
            new: Arc::new(new),
            secrets: self.secrets.iter().filter(is_inside).cloned().collect(),
            names: self.names.clone(),
        }
    }
}

impl Slice {
    /// Migrations to be tried on it.
    pub fn trial<'t>(&'t self, migrations: &'t Migrations) -> Trial<'t> {
        Trial { migrations, new: &self.new, secrets: &self.secrets, others: &self.values, names: &self.names }
    }
}

fn columns(configs: &[Value]) -> Columns {
    let mut numbers: HashMap<&Value, u32> = HashMap::new();
    let mut columns = Columns::new();
    for (index, config) in configs.iter().enumerate() {
        for (name, value) in config.as_object().into_iter().flatten() {
            let next = u32::try_from(numbers.len() + 1).unwrap_or(u32::MAX);
            let number = *numbers.entry(value).or_insert(next);
            let column = columns.entry(name.clone()).or_insert_with(|| vec![0; configs.len()]);
            column[index] = number;
        }
    }
    columns
}

/// A property that no migration is about. The CDK looks at no config without keys, so that a config of which nothing is left
/// keeps one.
fn filler(roots: &BTreeSet<String>) -> String {
    let mut name = "rest".to_owned();
    while roots.contains(&name) {
        name.push('_');
    }
    name
}

fn groups(configs: &[Value], columns: &Columns, roots: &BTreeSet<String>, filler: &str) -> Vec<Group> {
    let known: Vec<(&String, &Vec<u32>)> =
        roots.iter().filter_map(|root| columns.get_key_value(root)).collect();
    let mut seen: HashMap<(bool, Vec<u32>), usize> = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for (index, config) in configs.iter().enumerate() {
        let is_empty = config.as_object().is_none_or(Map::is_empty);
        let key = (is_empty, known.iter().map(|(_, column)| column[index]).collect());
        let group = *seen.entry(key).or_insert_with(|| {
            let of = |(name, _): &(&String, &Vec<u32>)| Some(((*name).clone(), config.get(*name)?.clone()));
            let mut map: Map<String, Value> = known.iter().filter_map(of).collect();
            if map.is_empty() && !is_empty {
                map.insert(filler.to_owned(), Value::Bool(true));
            }
            groups.push(Group { config: Value::Object(map), of: Vec::new() });
            groups.len() - 1
        });
        groups[group].of.push(index);
    }
    groups
}

/// A spec of some properties alone.
fn limited(schema: &Value, roots: &BTreeSet<String>, filler: &str) -> Value {
    let Some(map) = schema.as_object() else { return schema.clone() };
    let own = map.get("properties").and_then(Value::as_object);
    let schema_of = |root: &String| Some((root.clone(), own?.get(root)?.clone()));
    let mut properties: Map<String, Value> = roots.iter().filter_map(schema_of).collect();
    properties.insert(filler.to_owned(), Value::Object(Map::new()));
    let mut limited: Map<String, Value> = map
        .iter()
        .filter(|(key, _)| !["properties", "required", "default", "examples"].contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    limited.insert("properties".to_owned(), Value::Object(properties));
    if let Some(Value::Array(names)) = map.get("required") {
        let is_inside = |name: &&Value| name.as_str().is_some_and(|name| roots.contains(name));
        let names: Vec<Value> = names.iter().filter(is_inside).cloned().collect();
        limited.insert("required".to_owned(), Value::Array(names));
    }
    Value::Object(limited)
}
