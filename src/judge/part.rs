//! The part of two specs that one property of the config makes up.
//!
//! Most edits lie in one property, and most configs are objects whose properties have nothing to do with each other: then
//! what an edit does is asked of that property alone, and costs what the edit touches. A spec is such a conjunction where
//! its root says nothing but which properties there are, which of them are required and whether there may be others. Each
//! part is kept with the property alone; whatever it says of a config that has this property holds for the whole, since
//! the rest is the same on both sides of the question.
//!
//! So it is with the options of a property that a constant tells apart (`option`).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::{Map, Value};

use super::option::{Step, Tellers, of_options, only_options};
use crate::diff::{Delta, alone, contains_references, is_annotation};
use crate::model::{Sides, Which};
use crate::schema::Draft;

/// Keywords that the root of such a spec may have beside annotations.
const PLAIN: [&str; 6] = ["type", "properties", "required", "additionalProperties", "default", "$schema"];

/// Both versions of a spec, limited to one property; they are not copied where there is no other.
#[derive(Debug)]
pub(super) struct Part<'s> {
    pub(super) old: Cow<'s, Value>,
    pub(super) new: Cow<'s, Value>,
}

impl PartId {
    /// Whether it is all of a property.
    pub(super) fn is_property(&self) -> bool {
        self.way.is_empty()
    }
}

impl<'s> Part<'s> {
    fn of(specs: &Sides<&'s Value>, id: &PartId) -> Self {
        let of = |which| limited(specs.of(which), &id.property, &id.way, which);
        Self { old: of(Which::Old), new: of(Which::New) }
    }

    /// Whether there is nothing else in the specs.
    pub(super) fn is_whole(&self) -> bool {
        matches!((&self.old, &self.new), (Cow::Borrowed(_), Cow::Borrowed(_)))
    }

    /// The old part with an edit that lies in it; `None` where the edit cannot be put alone.
    pub(super) fn edited(&self, id: &PartId, delta: &Delta) -> Option<Value> {
        if id.way.is_empty() {
            return alone(delta, &self.old, &self.new);
        }
        let beside = only_options(delta.config_place()?, &id.way);
        alone(&Delta { beside, ..delta.clone() }, &self.old, &self.new)
    }
}

/// Which part: a property, and the way in it to one of its options.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PartId {
    pub(super) property: String,
    way: Vec<Step>,
}

/// The parts that are asked about.
#[derive(Debug)]
pub(super) struct Parts<'s> {
    specs: Sides<&'s Value>,
    old: &'s Map<String, Value>,
    new: &'s Map<String, Value>,
    /// The draft that both are read by.
    draft: Draft,
    /// Which parts edits lie in, and whether they are read by that draft.
    known: BTreeMap<PartId, bool>,
    /// The part that the last edit lies in: the next one often does, too.
    last: Option<(PartId, Part<'s>)>,
    /// What tells the options of lists apart.
    tellers: Tellers<'s>,
}

/// The parts that edits lie in. All together they are as large as both specs: each is made where it is asked about.
#[derive(Debug)]
pub(super) struct EditedParts<'s> {
    specs: Sides<&'s Value>,
    known: BTreeSet<PartId>,
}

impl<'s> EditedParts<'s> {
    /// A part that an edit lies in.
    pub(super) fn get(&self, id: &PartId) -> Option<Part<'s>> {
        self.known.contains(id).then(|| Part::of(&self.specs, id))
    }
}

impl<'s> Parts<'s> {
    /// `None` where properties of a spec may have to do with each other, or where the two are read by two drafts: then even
    /// what is the same in both may mean two things.
    pub(super) fn of(old: &'s Value, new: &'s Value) -> Option<Self> {
        let draft = Draft::of(old);
        if draft != Draft::of(new) {
            return None;
        }
        let specs = Sides { old, new };
        let (old, new) = (plain(old)?, plain(new)?);
        let same = |key: &str| old.get(key) == new.get(key);
        let are_alike = ["type", "additionalProperties", "$schema"].into_iter().all(same);
        are_alike.then(|| Self {
            specs,
            old,
            new,
            draft,
            known: BTreeMap::new(),
            last: None,
            tellers: Tellers::default(),
        })
    }

    /// The part that an edit lies in; `None` where it lies in none, or cannot be put alone.
    pub(super) fn edited(&mut self, delta: &Delta) -> Option<PartId> {
        let name = delta.field.first()?;
        let place = delta.config_place()?;
        for pointer in [&place.old, &place.new] {
            let lies_there = match pointer.segments().get(1..)? {
                [first, second, ..] if first == "properties" => second == name,
                [first, ..] => first == "required" && delta.field.len() == 1,
                [] => false,
            };
            if !lies_there {
                return None;
            }
        }
        let schema = |spec: &'s Map<String, Value>| spec.get("properties").and_then(|all| all.get(name));
        let way = match (schema(self.old), schema(self.new)) {
            (Some(old), Some(new)) => self.tellers.way((old, new), place),
            _ => Vec::new(),
        };
        let id = PartId { property: name.clone(), way };
        let (_, part) = self.last.take().filter(|(last, _)| *last == id).unwrap_or_else(|| {
            let part = Part::of(&self.specs, &id);
            (id.clone(), part)
        });
        let draft = self.draft;
        // Which draft a spec is written in may be told by a keyword in any of its properties.
        let is_read_alike = || Draft::of(&part.old) == draft && Draft::of(&part.new) == draft;
        let is_read_alike = *self.known.entry(id.clone()).or_insert_with(is_read_alike);
        let is_edited = is_read_alike && part.edited(&id, delta).is_some();
        self.last = Some((id.clone(), part));
        is_edited.then_some(id)
    }

    /// A part that an edit lies in.
    pub(super) fn get(&self, id: &PartId) -> Option<Part<'s>> {
        let is_read_alike = self.known.get(id)?;
        is_read_alike.then(|| Part::of(&self.specs, id))
    }

    /// The parts that edits lie in.
    pub(super) fn into_edited(self) -> EditedParts<'s> {
        let known = self.known.into_iter().filter_map(|(id, is_read_alike)| is_read_alike.then_some(id));
        EditedParts { specs: self.specs, known: known.collect() }
    }
}

/// The keywords of a spec whose root says nothing but which properties there are, which of them are required and whether
/// there may be others.
fn plain(spec: &Value) -> Option<&Map<String, Value>> {
    let map = spec.as_object()?;
    let is_plain = |(key, value): (&String, &Value)| match key.as_str() {
        "additionalProperties" => value.is_boolean(),
        "properties" => value.is_object(),
        "required" => value.is_array(),
        key => PLAIN.contains(&key) || is_annotation(key) || key.starts_with("airbyte_"),
    };
    (map.iter().all(is_plain) && !contains_references(spec)).then_some(map)
}

/// Whether the properties of a spec have nothing to do with each other.
pub(crate) fn is_conjunction(spec: &Value) -> bool {
    plain(spec).is_some()
}

/// Both specs without the properties that are the same in both, that neither requires and that are not to be `kept`; `None`
/// where there are none, or where properties may have to do with each other.
///
/// Whether one spec takes all that the other takes does not rest on them. A config that speaks against it speaks against it
/// without such a property, since neither asks for the property, and the other way about any value of a property that no
/// side declares is taken by both, or by none.
pub(super) fn without_the_same(old: &Value, new: &Value, kept: &BTreeSet<String>) -> Option<(Value, Value)> {
    let Parts { old: before, new: after, .. } = Parts::of(old, new)?;
    let required = [required(before), required(after)];
    let declared = [before, after].map(|spec| spec.get("properties"));
    let is_the_same = |name: &str| {
        let [was, is] = declared.map(|all| all.and_then(|all| all.get(name)));
        was == is && !required.iter().any(|names| names.contains(name)) && !kept.contains(name)
    };
    let less = limited_to((old, new), (before, after), |name| !is_the_same(name))?;
    (less.0 != *old).then_some(less)
}

/// Both specs with the properties alone that either requires: a config that lacks the others is one of both or of neither,
/// whatever they say. `None` where properties may have to do with each other.
pub(super) fn with_required_alone(old: &Value, new: &Value) -> Option<(Value, Value)> {
    let Parts { old: before, new: after, .. } = Parts::of(old, new)?;
    let required = [required(before), required(after)];
    limited_to((old, new), (before, after), |name| required.iter().any(|names| names.contains(name)))
}

/// Both specs without what they require, each with the properties that it does require; `None` where properties may have to do
/// with each other.
pub(super) fn without_required<'s>(
    old: &'s Value,
    new: &'s Value,
) -> Option<Sides<(Cow<'s, Value>, Vec<&'s str>)>> {
    let Parts { old: before, new: after, .. } = Parts::of(old, new)?;
    let of = |spec: &'s Value, map: &'s Map<String, Value>| {
        let names: Vec<&str> = required(map).into_iter().collect();
        match map.contains_key("required") {
            false => (Cow::Borrowed(spec), names),
            true => {
                let others = map.iter().filter(|(key, _)| *key != "required");
                let others = others.map(|(key, value)| (key.clone(), value.clone())).collect();
                (Cow::Owned(Value::Object(others)), names)
            }
        }
    };
    Some(Sides { old: of(old, before), new: of(new, after) })
}

/// The parts of the properties that two specs do not say alike, each with the name; `None` where properties may have to do with
/// each other.
pub(super) fn differing<'s>(
    old: &'s Value,
    new: &'s Value,
) -> Option<impl Iterator<Item = (&'s str, Option<Part<'s>>)>> {
    let Parts { old: before, new: after, .. } = Parts::of(old, new)?;
    let required = [required(before), required(after)];
    let declared = [before, after].map(|spec| spec.get("properties").and_then(Value::as_object));
    let names: BTreeSet<&str> =
        declared.into_iter().flatten().flat_map(Map::keys).map(String::as_str).collect();
    let names: BTreeSet<&str> = required.iter().flatten().copied().chain(names).collect();
    let drafts = (Draft::of(old), Draft::of(new));
    let differs = move |name: &&str| {
        let [was, is] = declared.map(|all| all.and_then(|all| all.get(*name)));
        was != is || required[0].contains(name) != required[1].contains(name)
    };
    Some(names.into_iter().filter(differs).map(move |name| {
        let part =
            Part { old: limited(old, name, &[], Which::Old), new: limited(new, name, &[], Which::New) };
        (name, (drafts == (Draft::of(&part.old), Draft::of(&part.new))).then_some(part))
    }))
}

/// The properties that a spec requires.
fn required(spec: &Map<String, Value>) -> HashSet<&str> {
    spec.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Both specs with some of their properties; `None` where they would be read by other rules then: which draft a spec is written
/// in may be told by a keyword in any of its properties.
fn limited_to(
    (old, new): (&Value, &Value),
    (before, after): (&Map<String, Value>, &Map<String, Value>),
    is_kept: impl Fn(&str) -> bool,
) -> Option<(Value, Value)> {
    let limited = |spec: &Map<String, Value>| {
        let limit = |(key, value): (&String, &Value)| match (key.as_str(), value) {
            ("properties", Value::Object(all)) => {
                let kept = all.iter().filter(|(name, _)| is_kept(name));
                let kept = kept.map(|(name, schema)| (name.clone(), schema.clone())).collect();
                (key.clone(), Value::Object(kept))
            }
            _ => (key.clone(), value.clone()),
        };
        Value::Object(spec.iter().map(limit).collect())
    };
    let (less_old, less_new) = (limited(before), limited(after));
    let is_read_alike = Draft::of(&less_old) == Draft::of(old) && Draft::of(&less_new) == Draft::of(new);
    is_read_alike.then_some((less_old, less_new))
}

/// A spec with one property alone, and of that the options on a way.
fn limited<'s>(spec: &'s Value, name: &str, way: &[Step], which: Which) -> Cow<'s, Value> {
    let is_own = |(key, value): (&String, &Value)| match (key.as_str(), value) {
        ("properties", Value::Object(all)) => all.keys().eq([name]),
        ("required", Value::Array(all)) => !all.is_empty() && all.iter().all(|one| one == name),
        (key, _) => key != "default",
    };
    let map = match spec.as_object() {
        Some(map) if !(way.is_empty() && map.iter().all(is_own)) => map,
        _ => return Cow::Borrowed(spec),
    };
    let limit = |(key, value): (&String, &Value)| match (key.as_str(), value) {
        ("properties", Value::Object(all)) => {
            let one = all.get(name).map(|schema| (name.to_owned(), of_options(schema, way, which)));
            Some((key.clone(), Value::Object(one.into_iter().collect())))
        }
        ("required", Value::Array(all)) => {
            let own: Vec<Value> = all.iter().filter(|one| *one == name).cloned().collect();
            (!own.is_empty()).then(|| (key.clone(), Value::Array(own)))
        }
        ("default", _) => None,
        _ => Some((key.clone(), value.clone())),
    };
    Cow::Owned(Value::Object(map.iter().filter_map(limit).collect()))
}

/// A config in which one property is as in another.
pub(super) fn with_property(base: &Value, name: &str, from: &Value) -> Value {
    let mut config = base.clone();
    if let Value::Object(map) = &mut config {
        map.remove(name);
        if let Some(value) = from.get(name) {
            map.insert(name.to_owned(), value.clone());
        }
    }
    config
}

/// A config without all properties but one.
pub(super) fn only_property(config: &Value, name: &str) -> Value {
    with_property(&Value::Object(Map::new()), name, config)
}
