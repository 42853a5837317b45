//! The three transformations of a config, on one config.
//!
//! Source: `airbyte_cdk/sources/declarative/transformations/config_transformations` of airbyte-cdk 7.39.1, and `dpath`
//! 2.2, whose paths they use.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::comparable::ComparableExpr;
use serde_json::Value;

use super::asked::Together;
use super::expression::Context;
use super::template::{Default, Fault, Template, opaque};
use super::value::Py;
use super::{Change, Touch};
use crate::model::{AddedConfigField, ConfigStepKind, ValueType};

/// A step whose templates were read.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Remap { path: Vec<Template>, map: Vec<(Template, Mapped)> },
    Add { fields: Vec<Field>, condition: Option<Template> },
    Remove { pointers: Vec<Vec<String>>, condition: Option<Template> },
    Opaque(String),
}

#[derive(Debug, Clone)]
pub(super) enum Mapped {
    Template(Template),
    Value(Py),
}

#[derive(Debug, Clone)]
pub(super) struct Field {
    path: Vec<String>,
    value: Template,
    value_type: Option<ValueType>,
}

/// A step with what it is about.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) step: Step,
    /// The properties that it reads as a value, sets or removes.
    pub(super) places: Vec<Vec<String>>,
    /// The properties of the root that it has to do with; `None` where that may be any.
    pub(super) roots: Option<BTreeSet<String>>,
}

impl Known {
    pub(super) fn read(kind: &ConfigStepKind) -> Self {
        let step = Step::read(kind);
        Self { places: step.places(), roots: step.roots(), step }
    }
}

/// What steps write in a config, as far as the CDK tells it apart: it saves a config where something changed at the top.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Writes {
    /// They may set, replace or take out a property of the root.
    pub top: bool,
    /// They may change what an object inside holds, which is saved only where something changes at the top too.
    pub inside: bool,
}

impl Writes {
    /// What both write.
    pub fn and(self, other: Self) -> Self {
        Self { top: self.top || other.top, inside: self.inside || other.inside }
    }

    /// Whether what one writes may decide whether the other is saved.
    pub fn meets(self, other: Self) -> bool {
        self.top && other.inside || self.inside && other.top
    }
}

/// A list grows up to this length where a path asks for it.
const LONGEST_LIST: usize = 1000;

impl Step {
    fn read(kind: &ConfigStepKind) -> Self {
        let condition = |text: &String| (!text.is_empty()).then(|| Template::read(text));
        match kind {
            ConfigStepKind::Remap { path, map } => Self::Remap {
                path: path.iter().map(|part| Template::read(part)).collect(),
                map: map
                    .iter()
                    .map(|(from, to)| {
                        let to = match to {
                            Value::String(text) => Mapped::Template(Template::read(text)),
                            value => Mapped::Value(Py::of(value)),
                        };
                        (Template::read(from), to)
                    })
                    .collect(),
            },
            ConfigStepKind::Add { fields, condition: asked } => Self::Add {
                fields: fields
                    .iter()
                    .map(|AddedConfigField { path, value, value_type }| Field {
                        path: path.clone(),
                        value: Template::read(value),
                        value_type: *value_type,
                    })
                    .collect(),
                condition: condition(asked),
            },
            ConfigStepKind::Remove { pointers, condition: asked } => {
                Self::Remove { pointers: pointers.clone(), condition: condition(asked) }
            }
            ConfigStepKind::Opaque { what } => Self::Opaque(what.clone()),
        }
    }

    /// The properties that it reads as a value, sets or removes.
    fn places(&self) -> Vec<Vec<String>> {
        match self {
            Self::Add { fields, .. } => fields
                .iter()
                .flat_map(|field| field.value.reads().into_iter().chain([field.path.clone()]))
                .collect(),
            Self::Remove { pointers, .. } => pointers.clone(),
            Self::Remap { path, .. } => {
                path.iter().map(Template::text).collect::<Option<_>>().into_iter().collect()
            }
            Self::Opaque(_) => Vec::new(),
        }
    }

    /// The properties that it reads, asks for, sets or removes, and the values that its templates compare with.
    pub(super) fn asks(&self) -> (Vec<Vec<String>>, Vec<Value>) {
        let (mut paths, mut literals) = (self.places(), Vec::new());
        let mut add = |template: &Template| template.asks(&mut paths, &mut literals);
        match self {
            Self::Opaque(_) => {}
            Self::Add { fields, condition } => {
                fields.iter().for_each(|field| add(&field.value));
                condition.iter().for_each(add);
            }
            Self::Remove { condition, .. } => condition.iter().for_each(add),
            Self::Remap { path, map } => {
                path.iter().for_each(&mut add);
                for (from, to) in map {
                    add(from);
                    if let Mapped::Template(to) = to {
                        add(to);
                    }
                }
                literals.extend(map.iter().filter_map(|(from, _)| from.text()).map(Value::from));
            }
        }
        (paths, literals)
    }

    /// The properties of the root that it reads, asks for, sets or removes; `None` where that may be any.
    fn roots(&self) -> Option<BTreeSet<String>> {
        let mut found = BTreeSet::new();
        let is_known = match self {
            Self::Opaque(_) => false,
            Self::Add { fields, condition } => {
                fields.iter().all(|field| {
                    found.extend(field.path.first().cloned());
                    field.value.add_roots(&mut found)
                }) && condition.iter().all(|condition| condition.add_roots(&mut found))
            }
            Self::Remove { pointers, condition } => {
                pointers.iter().all(|pointer| {
                    let first = pointer.first();
                    found.extend(first.cloned());
                    first.is_none_or(|first| !first.contains(['*', '?', '[']))
                }) && condition.iter().all(|condition| condition.add_roots(&mut found))
            }
            Self::Remap { path, map } => {
                let first = path.first().map(Template::text);
                found.extend(first.iter().flatten().cloned());
                first.is_none_or(|first| first.is_some())
                    && path.iter().all(|part| part.add_roots(&mut found))
                    && map.iter().all(|(from, to)| {
                        from.add_roots(&mut found)
                            && match to {
                                Mapped::Template(to) => to.add_roots(&mut found),
                                Mapped::Value(_) => true,
                            }
                    })
            }
        };
        is_known.then_some(found)
    }

    /// What it writes.
    pub(super) fn writes(&self) -> Writes {
        let all = |depths: &mut dyn Iterator<Item = usize>, makes_holders: bool| {
            depths.fold(Writes::default(), |all, depth| {
                let is_inside = depth > 1;
                all.and(Writes { top: depth == 1 || is_inside && makes_holders, inside: is_inside })
            })
        };
        match self {
            // What holds an added field is made where it is not there.
            Self::Add { fields, .. } => all(&mut fields.iter().map(|field| field.path.len()), true),
            Self::Remove { pointers, .. } => all(&mut pointers.iter().map(Vec::len), false),
            Self::Remap { path, .. } => all(&mut [path.len()].into_iter(), false),
            Self::Opaque(_) => Writes { top: true, inside: true },
        }
    }

    /// Whether it turns at what is worked out of the config.
    pub(super) fn is_blind(&self) -> bool {
        match self {
            Self::Add { fields, condition } => {
                condition.iter().any(|condition| condition.is_blind(true))
                    || fields.iter().any(|field| field.value.is_blind(false))
            }
            Self::Remove { condition, .. } => condition.iter().any(|condition| condition.is_blind(true)),
            // The keys of its map are the values that it turns at.
            Self::Remap { map, .. } => map.iter().any(|(from, to)| {
                from.reads_config() || matches!(to, Mapped::Template(to) if to.is_blind(false))
            }),
            Self::Opaque(_) => false,
        }
    }

    /// Its templates.
    fn templates(&self) -> Vec<&Template> {
        match self {
            Self::Add { fields, condition } => {
                condition.iter().chain(fields.iter().map(|field| &field.value)).collect()
            }
            Self::Remove { condition, .. } => condition.iter().collect(),
            Self::Remap { path, map } => {
                let mapped = map.iter().flat_map(|(from, to)| match to {
                    Mapped::Template(to) => vec![from, to],
                    Mapped::Value(_) => vec![from],
                });
                path.iter().chain(mapped).collect()
            }
            Self::Opaque(_) => Vec::new(),
        }
    }

    /// The expressions of its templates that make something of the config, rather than read or compare what stands there.
    pub(super) fn applied(&self) -> impl Iterator<Item = ComparableExpr<'_>> {
        self.templates().into_iter().flat_map(Template::applied)
    }

    /// What its templates look for in several properties at once.
    pub(super) fn looked_for_together(&self) -> Vec<Together> {
        let of = |template: &Template| template.looked_for_together();
        match self {
            Self::Add { fields, condition } => {
                condition.iter().chain(fields.iter().map(|field| &field.value)).flat_map(of).collect()
            }
            Self::Remove { condition, .. } => condition.iter().flat_map(of).collect(),
            Self::Remap { map, .. } => map
                .iter()
                .filter_map(|(_, to)| match to {
                    Mapped::Template(to) => Some(to),
                    Mapped::Value(_) => None,
                })
                .flat_map(of)
                .collect(),
            Self::Opaque(_) => Vec::new(),
        }
    }

    /// The properties that it reads for the value that it sets at a place.
    pub(super) fn sources(&self, path: &[String]) -> Vec<Vec<String>> {
        let Self::Add { fields, .. } = self else { return Vec::new() };
        fields.iter().filter(|field| field.path == path).flat_map(|field| field.value.reads()).collect()
    }

    /// Whether it sets a property to one value, whatever the config holds.
    pub(super) fn sets_a_constant(&self, path: &[String]) -> bool {
        let is_constant = |field: &Field| field.path == path && field.value.text().is_some();
        matches!(self, Self::Add { fields, .. } if fields.iter().any(is_constant))
    }

    /// Changes a config. What was changed is added to `touched`.
    pub(super) fn run(&self, config: &mut Config, touched: &mut Vec<Touch>) -> Result<(), Fault> {
        match self {
            Self::Opaque(what) => opaque(what.clone()),
            Self::Add { fields, condition } => {
                for field in fields {
                    let value = {
                        let context = Context { config: &config.value, added: None };
                        field.value.eval(&context, Default::Itself, field.value_type)?
                    };
                    if let Some(condition) = condition {
                        let path = Py::List(field.path.iter().cloned().map(Py::Str).collect());
                        let context = Context { config: &config.value, added: Some((&value, &path)) };
                        if !condition.holds(&context)? {
                            continue;
                        }
                    }
                    config.set(&field.path, value, touched)?;
                }
                Ok(())
            }
            Self::Remove { pointers, condition } => {
                if let Some(condition) = condition
                    && !condition.holds(&Context { config: &config.value, added: None })?
                {
                    return Ok(());
                }
                pointers.iter().try_for_each(|pointer| config.delete(pointer, touched))
            }
            Self::Remap { path, map } => remap(config, path, map, touched),
        }
    }
}

fn remap(
    config: &mut Config,
    path: &[Template],
    map: &[(Template, Mapped)],
    touched: &mut Vec<Touch>,
) -> Result<(), Fault> {
    let (keys, mapping) = {
        let context = Context { config: &config.value, added: None };
        let mut keys = Vec::with_capacity(path.len());
        for part in path {
            match part.eval(&context, Default::Itself, None)? {
                Py::Str(key) => keys.push(Some(key)),
                Py::List(_) | Py::Dict(_) => {
                    return Err(Fault::Stops("a part of `field_path` is no text".to_owned()));
                }
                // No key of a config is a number.
                _ => keys.push(None),
            }
        }
        (keys, mapping(map, &context))
    };
    let Some((last, above)) = keys.split_last() else {
        return Err(Fault::Stops("`field_path` is empty".to_owned()));
    };
    let mut holder = &config.value;
    for key in above {
        let (Py::Dict(map), Some(key)) = (holder, key) else { return Ok(()) };
        match map.get(key) {
            Some(inner @ Py::Dict(_)) => holder = inner,
            _ => return Ok(()),
        }
    }
    let mapping = mapping?;
    let (Py::Dict(map), Some(last)) = (holder, last) else { return Ok(()) };
    let Some(current) = map.get(last) else { return Ok(()) };
    let found = match current {
        Py::List(_) | Py::Dict(_) => {
            return Err(Fault::Stops(format!(
                "the value of `{last}` is {}, which no map holds",
                current.kind()
            )));
        }
        Py::Str(text) => mapping.get(&Some(text.clone())),
        Py::None => mapping.get(&None),
        _ => None,
    };
    if let Some(value) = found.cloned() {
        let path: Vec<String> = keys.into_iter().flatten().collect();
        config.set(&path, value, touched)?;
    }
    Ok(())
}

/// The map of a `ConfigRemapField`; an empty text is read as null on both sides of it.
fn mapping(map: &[(Template, Mapped)], context: &Context<'_>) -> Result<BTreeMap<Option<String>, Py>, Fault> {
    let mut read = BTreeMap::new();
    for (from, to) in map {
        let key = match from.eval(context, Default::None, Some(ValueType::String))? {
            Py::Str(text) => Some(text),
            _ => None,
        };
        let value = match to {
            Mapped::Template(template) => template.eval(context, Default::None, None)?,
            Mapped::Value(value) => value.clone(),
        };
        // The last one wins in the order of the file, which is not kept.
        if read.get(&key).is_some_and(|other| *other != value) {
            return opaque("a map in which two keys come to the same");
        }
        read.insert(key, value);
    }
    Ok(read)
}

/// A config while it is changed, and what of the saved one is changed with it.
///
/// The CDK copies the top of the config alone and compares the copy with what it was: an object inside that is changed in
/// place is changed in both.
#[derive(Debug)]
pub(super) struct Config {
    pub(super) value: Py,
    /// Keys at the top whose values are still those of the config as it was read.
    shared: BTreeSet<String>,
    /// What others held, with what was changed in them while they were shared.
    before: BTreeMap<String, Py>,
}

impl Config {
    pub(super) fn new(value: Py) -> Self {
        let shared = match &value {
            Py::Dict(map) => map.keys().cloned().collect(),
            _ => BTreeSet::new(),
        };
        Self { value, shared, before: BTreeMap::new() }
    }

    /// Whether the CDK sees that something was changed, and writes the config back.
    pub(super) fn is_changed(&self) -> bool {
        let Py::Dict(now) = &self.value else { return true };
        let before = self.shared.len() + self.before.len();
        before != now.len()
            || self.before.iter().any(|(key, was)| now.get(key).is_none_or(|is| !is.equals(was)))
    }

    /// A value at the top is about to be another object.
    fn replace_top(&mut self, key: &str) {
        if self.shared.remove(key)
            && let Py::Dict(map) = &self.value
            && let Some(was) = map.get(key)
        {
            self.before.insert(key.to_owned(), was.clone());
        }
    }

    /// `dpath.new`.
    fn set(&mut self, path: &[String], value: Py, touched: &mut Vec<Touch>) -> Result<(), Fault> {
        let [first, inner @ ..] = path else {
            return Err(Fault::Stops("the path of an added field is empty".to_owned()));
        };
        if path.iter().any(|part| part.chars().any(|c| c.is_numeric() && !c.is_ascii_digit())) {
            return opaque("a path with digits that are no ASCII");
        }
        if inner.is_empty() {
            self.replace_top(first);
        }
        let Py::Dict(map) = &mut self.value else { return opaque("a config that is no object") };
        let nowhere =
            |at: usize| Err(Fault::Stops(format!("`{}` is no object and no list", path[..=at].join("/"))));
        let change = Touch::of(path, Change::Set);
        if inner.is_empty() {
            let before = map.insert(first.clone(), value.clone());
            touched.push(change(before.as_ref(), Some(&value)));
            return Ok(());
        }
        let mut current = map.entry(first.clone()).or_insert_with(|| made_for(&inner[0]));
        for (index, part) in inner.iter().enumerate() {
            let next = inner.get(index + 1);
            current = match current {
                Py::Dict(map) => match next {
                    Some(next) => map.entry(part.clone()).or_insert_with(|| made_for(next)),
                    None => {
                        let before = map.insert(part.clone(), value.clone());
                        touched.push(change(before.as_ref(), Some(&value)));
                        return Ok(());
                    }
                },
                Py::List(items) => {
                    let Some(at) = decimal(part) else { return nowhere(index + 1) };
                    if at >= LONGEST_LIST {
                        return opaque(format!("a path that makes a list of {at} elements"));
                    }
                    let is_new = at >= items.len();
                    if is_new {
                        items.resize(at + 1, Py::None);
                    }
                    match next {
                        Some(next) => {
                            if is_new {
                                items[at] = made_for(next);
                            }
                            &mut items[at]
                        }
                        None => {
                            let before = std::mem::replace(&mut items[at], value.clone());
                            touched.push(change(Some(&before).filter(|_| !is_new), Some(&value)));
                            return Ok(());
                        }
                    }
                }
                _ => return nowhere(index),
            };
        }
        nowhere(path.len() - 1)
    }

    /// `dpath.delete`.
    fn delete(&mut self, pointer: &[String], touched: &mut Vec<Touch>) -> Result<(), Fault> {
        let is_pattern = |part: &String| part.contains(['?', '[']) || part.contains('*') && part != "*";
        if let Some(part) = pointer.iter().find(|part| is_pattern(part)) {
            return opaque(format!("the pattern `{part}` in a pointer"));
        }
        if let ([only], Py::Dict(map)) = (pointer, &self.value) {
            match only.as_str() {
                "*" => map.keys().cloned().collect::<Vec<_>>().iter().for_each(|key| self.replace_top(key)),
                only => self.replace_top(only),
            }
        }
        delete(&mut self.value, pointer, &mut Vec::new(), touched);
        Ok(())
    }
}

fn delete(holder: &mut Py, pointer: &[String], at: &mut Vec<String>, touched: &mut Vec<Touch>) {
    let Some((part, inner)) = pointer.split_first() else { return };
    let gone = |at: &[String], value: &Py| Touch::of(at, Change::Remove)(Some(value), None);
    match holder {
        Py::Dict(map) => {
            let keys: Vec<String> = match part.as_str() {
                "*" => map.keys().cloned().collect(),
                _ => map.contains_key(part).then(|| part.clone()).into_iter().collect(),
            };
            for key in keys {
                at.push(key.clone());
                if inner.is_empty() {
                    if let Some(value) = map.remove(&key) {
                        touched.push(gone(at, &value));
                    }
                } else if let Some(value) = map.get_mut(&key) {
                    delete(value, inner, at, touched);
                }
                at.pop();
            }
        }
        Py::List(items) => {
            let length = items.len();
            let asked = |index: usize| {
                let index = i128::try_from(index).unwrap_or(i128::MAX);
                let length = i128::try_from(length).unwrap_or(i128::MAX);
                part == "*"
                    || part
                        .trim()
                        .parse::<i128>()
                        .is_ok_and(|asked| asked == index || asked == index - length)
            };
            for index in (0..length).filter(|index| asked(*index)) {
                at.push(index.to_string());
                if !inner.is_empty() {
                    delete(&mut items[index], inner, at, touched);
                } else if index + 1 == items.len() {
                    if let Some(value) = items.pop() {
                        touched.push(gone(at, &value));
                    }
                } else {
                    // Taking it out would move those behind it.
                    touched.push(gone(at, &std::mem::replace(&mut items[index], Py::None)));
                }
                at.pop();
            }
        }
        _ => {}
    }
}

/// What is made for a part of a path to stand in.
fn made_for(part: &str) -> Py {
    match is_decimal(part) {
        true => Py::List(Vec::new()),
        false => Py::Dict(BTreeMap::new()),
    }
}

/// So many bytes more a config may take for a part of a path that is made: a key, or elements of a list.
pub(super) fn room_for(part: &str) -> usize {
    match decimal(part) {
        Some(at) => part.len() + 9 * (at.min(LONGEST_LIST) + 1),
        None => part.len() + 8,
    }
}

fn is_decimal(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
}

fn decimal(part: &str) -> Option<usize> {
    is_decimal(part).then(|| part.parse().unwrap_or(usize::MAX))
}
