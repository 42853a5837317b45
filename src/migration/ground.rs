//! Configs and the new spec, whole or limited to a few properties of the root.
//!
//! What a few properties are migrated to is asked of them alone, wherever the new spec says nothing of its root but which
//! properties there are, and which of them are required. Many configs are one then: each is tried once.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Configs, Migrations, Trial, Variant, names_in, put};
use crate::schema::{Options, Validator};

/// What migrations are tried on.
#[derive(Debug)]
pub struct Ground<'g> {
    schema: &'g Value,
    configs: Configs<'g>,
    others: Configs<'g>,
    secrets: &'g [Vec<String>],
    names: Arc<BTreeSet<String>>,
    /// Of each property of the root, which value it has in each config: `None` where properties of the new spec may have to
    /// do with each other.
    columns: Option<[Columns<'g>; 2]>,
}

/// Of each property of the root what is known of it in the configs.
#[derive(Debug)]
struct Columns<'g> {
    /// The number of its value in each config that is written out; 0 where it is not there.
    values: BTreeMap<&'g str, Vec<u32>>,
    /// The variants that change it.
    variants: BTreeMap<&'g str, Vec<usize>>,
    /// Variants of configs that have no property.
    of_empty: Vec<usize>,
}

/// Configs that are one, as far as a slice goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Their numbers.
    pub of: Vec<usize>,
}

/// What of a config a slice is about: some properties of the root, and what stands for the others where none of these is there.
#[derive(Debug)]
struct Limit {
    roots: BTreeSet<String>,
    filler: String,
}

/// The part of a [`Ground`] that a few properties make up.
#[derive(Debug)]
pub struct Slice<'g> {
    /// The configs of the old version.
    pub configs: Vec<Group>,
    /// Those of the new one.
    pub others: Vec<Group>,
    of_configs: Configs<'g>,
    limit: Option<Limit>,
    new: Arc<Validator>,
    secrets: Vec<Vec<String>>,
    values: Vec<Value>,
    names: Arc<BTreeSet<String>>,
}

impl<'g> Ground<'g> {
    /// `schema` is the new spec; `is_apart` says whether its root says nothing but which properties there are and which of
    /// them are required. `configs` are of the old version, `others` of the new one, and `secrets` says where the old one
    /// has some.
    pub fn new(
        schema: &'g Value,
        is_apart: bool,
        (configs, others): (Configs<'g>, &'g [Value]),
        secrets: &'g [Vec<String>],
    ) -> Self {
        let mut names = BTreeSet::new();
        others.iter().for_each(|other| names_in(other, &mut names));
        let is_apart = is_apart && configs.whole.iter().chain(others).all(Value::is_object);
        let others = Configs::of(others);
        let columns = is_apart.then(|| [Columns::of(configs), Columns::of(others)]);
        Self { schema, configs, others, secrets, names: Arc::new(names), columns }
    }

    /// Whether properties can be asked about alone.
    pub fn is_apart(&self) -> bool {
        self.columns.is_some()
    }

    /// The properties of the root that any config has, or the new spec.
    pub fn roots(&self) -> BTreeSet<String> {
        let own = self.schema.get("properties").and_then(Value::as_object);
        let required = self.schema.get("required").and_then(Value::as_array);
        let columns = || self.columns.iter().flatten();
        let configs = columns().flat_map(|all| all.values.keys().chain(all.variants.keys()));
        own.into_iter()
            .flat_map(Map::keys)
            .cloned()
            .chain(configs.map(|name| (*name).to_owned()))
            .chain(required.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned))
            .collect()
    }

    /// All of it; `new` validates the new spec.
    pub fn whole(&self, new: Arc<Validator>) -> Slice<'g> {
        let groups = |all: Configs<'_>| (0..all.len()).map(|number| Group { of: vec![number] }).collect();
        Slice {
            configs: groups(self.configs),
            others: groups(self.others),
            of_configs: self.configs,
            limit: None,
            new,
            secrets: self.secrets.to_vec(),
            values: self.others.whole.to_vec(),
            names: self.names.clone(),
        }
    }

    /// What some properties of the root make up; `None` where they cannot be asked about alone, or where the validator refuses what
    /// the new spec says of them.
    pub fn slice(&self, roots: &BTreeSet<String>) -> Option<Slice<'g>> {
        self.slice_of(roots, true)
    }

    /// What one property makes up that no step is about. A variant that has it from its base is not there: it is refused for it
    /// where the base is. `None` as in [`slice`](Self::slice).
    pub fn property(&self, root: String) -> Option<Slice<'g>> {
        self.slice_of(&BTreeSet::from([root]), false)
    }

    fn slice_of(&self, roots: &BTreeSet<String>, all: bool) -> Option<Slice<'g>> {
        let [of_configs, of_others] = self.columns.as_ref()?;
        let limit = Limit { roots: roots.clone(), filler: filler(roots) };
        let new = Validator::new(&limited(self.schema, roots, &limit.filler), &Options::default()).ok()?;
        let configs = groups(self.configs, of_configs, roots, all);
        let others = groups(self.others, of_others, roots, all);
        let first = |group: &Group| Some(limit.of(&*self.others.get(*group.of.first()?)?));
        let values = others.iter().filter_map(first).collect();
        let is_inside = |path: &&Vec<String>| path.first().is_some_and(|root| roots.contains(root));
        Some(Slice {
            configs,
            others,
            of_configs: self.configs,
            values,
            limit: Some(limit),
            new: Arc::new(new),
            secrets: self.secrets.iter().filter(is_inside).cloned().collect(),
            names: self.names.clone(),
        })
    }
}

impl<'g> Slice<'g> {
    /// Migrations to be tried on it.
    pub fn trial<'t>(&'t self, migrations: &'t Migrations) -> Trial<'t> {
        Trial { migrations, new: &self.new, secrets: &self.secrets, others: &self.values, names: &self.names }
    }

    /// The configs of the old version, each with what the slice is about. They are made one by one.
    pub fn old_configs(&self) -> impl Iterator<Item = (&Group, Cow<'g, Value>)> {
        self.configs.iter().filter_map(|group| {
            let number = *group.of.first()?;
            let Some(limit) = &self.limit else { return Some((group, self.of_configs.get(number)?)) };
            let config = match self.of_configs.variant(number) {
                None => limit.of(self.of_configs.whole.get(number)?),
                Some((variant, base)) => limit.of_variant(variant, base),
            };
            Some((group, Cow::Owned(config)))
        })
    }

    /// Those of the new one.
    pub fn new_configs(&self) -> impl Iterator<Item = (&Group, &Value)> {
        self.others.iter().zip(&self.values)
    }
}

impl Limit {
    /// A config without the properties that it is not about.
    fn of(&self, config: &Value) -> Value {
        self.filled(self.kept(config), config.as_object().is_some_and(Map::is_empty))
    }

    fn of_variant(&self, variant: Variant<'_>, base: &Value) -> Value {
        let mut kept = Value::Object(self.kept(base));
        for (place, value) in variant.values() {
            if place.first().is_some_and(|root| self.roots.contains(root)) {
                put(&mut kept, place, value.clone());
            }
        }
        match kept {
            Value::Object(kept) => self.filled(kept, false),
            other => other,
        }
    }

    fn kept(&self, config: &Value) -> Map<String, Value> {
        let of = |root: &String| Some((root.clone(), config.get(root)?.clone()));
        self.roots.iter().filter_map(of).collect()
    }

    /// The CDK looks at no config without keys, so that one of which nothing is left keeps one.
    fn filled(&self, mut kept: Map<String, Value>, was_empty: bool) -> Value {
        if kept.is_empty() && !was_empty {
            kept.insert(self.filler.clone(), Value::Bool(true));
        }
        Value::Object(kept)
    }
}

impl<'g> Columns<'g> {
    fn of(configs: Configs<'g>) -> Self {
        let mut numbers: HashMap<&Value, u32> = HashMap::new();
        let mut values: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        for (index, config) in configs.whole.iter().enumerate() {
            for (name, value) in config.as_object().into_iter().flatten() {
                let next = u32::try_from(numbers.len() + 1).unwrap_or(u32::MAX);
                let number = *numbers.entry(value).or_insert(next);
                let column = values.entry(name).or_insert_with(|| vec![0; configs.whole.len()]);
                column[index] = number;
            }
        }
        let (mut variants, mut of_empty) = (BTreeMap::<&str, Vec<usize>>::new(), Vec::new());
        for (number, variant) in (configs.whole.len()..).zip(configs.variants.iter()) {
            let roots: BTreeSet<&str> =
                variant.values().filter_map(|(place, _)| place.first()).map(String::as_str).collect();
            for root in roots {
                variants.entry(root).or_default().push(number);
            }
            if configs.whole.get(variant.base).and_then(Value::as_object).is_some_and(Map::is_empty) {
                of_empty.push(number);
            }
        }
        Self { values, variants, of_empty }
    }
}

/// A property that no migration is about.
fn filler(roots: &BTreeSet<String>) -> String {
    let mut name = "rest".to_owned();
    while roots.contains(&name) {
        name.push('_');
    }
    name
}

/// What a config has of some properties: whether it has none at all, the numbers of the values, and what a variant has in place of
/// them.
type Key<'g> = (bool, Vec<u32>, Vec<(&'g str, Cow<'g, Value>)>);

/// Those that differ in some properties of the root, each with those that are as it is there: with `all`, also the variants that
/// are as their base is.
fn groups<'g>(
    configs: Configs<'g>,
    columns: &Columns<'g>,
    roots: &BTreeSet<String>,
    all: bool,
) -> Vec<Group> {
    let known: Vec<&Vec<u32>> = roots.iter().filter_map(|root| columns.values.get(root.as_str())).collect();
    let numbers = |index: usize| known.iter().map(|column| column[index]).collect();
    let mut seen: HashMap<Key<'g>, usize> = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    let mut add = |number: usize, key: Key<'g>| {
        let group = *seen.entry(key).or_insert_with(|| {
            groups.push(Group { of: Vec::new() });
            groups.len() - 1
        });
        groups[group].of.push(number);
    };
    for (index, config) in configs.whole.iter().enumerate() {
        add(index, (config.as_object().is_none_or(Map::is_empty), numbers(index), Vec::new()));
    }
    let variants: BTreeSet<usize> = match all {
        true => (configs.whole.len()..configs.len()).collect(),
        false => {
            let of_roots = roots.iter().filter_map(|root| columns.variants.get(root.as_str())).flatten();
            of_roots.chain(&columns.of_empty).copied().collect()
        }
    };
    for number in variants {
        let Some((variant, base)) = configs.variant(number) else { continue };
        let inside =
            variant.values().filter(|(place, _)| place.first().is_some_and(|root| roots.contains(root)));
        let mut changed: BTreeMap<&str, Cow<'g, Value>> = BTreeMap::new();
        for (place, value) in inside {
            let Some((root, below)) = place.split_first() else { continue };
            let value = if below.is_empty() {
                Cow::Borrowed(value)
            } else {
                let own = || base.get(root).cloned().unwrap_or_else(|| Value::Object(Map::new()));
                let mut whole = changed.remove(root.as_str()).map_or_else(own, Cow::into_owned);
                put(&mut whole, below, value.clone());
                Cow::Owned(whole)
            };
            changed.insert(root, value);
        }
        changed.retain(|root, value| base.get(*root) != Some(&**value));
        let is_of_empty = base.as_object().is_some_and(Map::is_empty);
        if all || !changed.is_empty() || is_of_empty {
            add(number, (false, numbers(variant.base), changed.into_iter().collect()));
        }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::migration::Variants;

    /// A variant is tried as what it comes to written out would be, in every slice.
    #[test]
    fn a_variant_is_tried_as_the_config_that_it_is() {
        let schema = json!({"type": "object", "properties": {"a": {}, "b": {}, "c": {}}});
        let new = Arc::new(Validator::new(&schema, &Options::default()).expect("a schema"));
        let whole = [
            json!({"a": 1, "b": {"x": 1, "y": 2}}),
            json!({"b": {"x": 1}, "c": "n"}),
            json!({"a": 2}),
            json!({}),
        ];
        let place = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Arc<[String]>>();
        let mut variants = Variants::new();
        for base in 0..whole.len() {
            for values in [
                vec![(place(&["a"]), json!(2))],
                vec![(place(&["b", "x"]), json!(1))],
                vec![
                    (place(&["b", "x"]), json!(3)),
                    (place(&["b", "z"]), json!(4)),
                    (place(&["a"]), json!(1)),
                ],
                vec![(place(&["c"]), json!("m")), (place(&["b"]), json!({}))],
                vec![(place(&["d"]), json!(null))],
            ] {
                match <[_; 1]>::try_from(values) {
                    Ok([(place, value)]) => variants.add(base, &place, Cow::Owned(value)),
                    Err(values) => {
                        let of = |(place, value)| (place, Cow::Owned(value));
                        variants.add_several(base, values.into_iter().map(of).collect());
                    }
                }
            }
        }
        let all = Configs { whole: &whole, variants: &variants };
        let written: Vec<Value> = (0..all.len()).filter_map(|at| all.get(at)).map(Cow::into_owned).collect();
        assert_eq!(written.len(), 24);
        type Made = Vec<(Vec<usize>, Value)>;
        let tried = |configs: Configs<'_>, slice: &dyn Fn(&Ground<'_>) -> Made| {
            let mut of: BTreeMap<usize, Value> = BTreeMap::new();
            for (numbers, config) in slice(&Ground::new(&schema, true, (configs, &[]), &[])) {
                of.extend(numbers.into_iter().map(|number| (number, config.clone())));
            }
            of
        };
        let made = |slice: &Slice<'_>| -> Made {
            slice.old_configs().map(|(group, config)| (group.of.clone(), config.into_owned())).collect()
        };
        for names in [vec![], vec!["a"], vec!["b"], vec!["a", "c"], vec!["a", "b", "c", "d"], vec!["e"]] {
            let roots: BTreeSet<String> = names.iter().map(|name| (*name).to_owned()).collect();
            let slice = |ground: &Ground<'_>| made(&ground.slice(&roots).expect("properties apart"));
            assert_eq!(tried(all, &slice), tried(Configs::of(&written), &slice), "{names:?}");
            assert_eq!(tried(all, &slice).len(), 24, "{names:?}");
        }
        for root in ["a", "b", "c", "d", "e"] {
            let slice =
                |ground: &Ground<'_>| made(&ground.property(root.to_owned()).expect("properties apart"));
            let (short, long) = (tried(all, &slice), tried(Configs::of(&written), &slice));
            assert!(short.len() < long.len(), "{root}");
            for (number, config) in long {
                let base =
                    variants.get(number.wrapping_sub(whole.len())).map_or(number, |variant| variant.base);
                assert_eq!(short.get(&number).unwrap_or(&short[&base]), &config, "{root} {number}");
            }
        }
        let ground = Ground::new(&schema, false, (all, &[]), &[]);
        assert!(ground.slice(&BTreeSet::new()).is_none());
        assert_eq!(made(&ground.whole(new)).len(), 24);
    }
}
