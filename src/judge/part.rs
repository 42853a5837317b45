//! The part of two specs that one property of the config makes up.
//!
//! Most edits lie in one property, and most configs are objects whose properties have nothing to do with each other: then
//! what an edit does is asked of that property alone, and costs what the edit touches. A spec is such a conjunction where
//! its root says nothing but which properties there are, which of them are required and whether there may be others. Each
//! part is kept with the property alone; whatever it says of a config that has this property holds for the whole, since
//! the rest is the same on both sides of the question.
//!
//! So it is with the options of a property that a constant tells apart, which every option requires: a value is of one
//! option, and an edit inside of that one is asked of it alone: the list has no other then.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::{Map, Value};

use crate::diff::{Beside, Delta, alone, contains_references, is_annotation};
use crate::model::{Pointer, Sides};
use crate::schema::Draft;

/// Keywords that the root of such a spec may have beside annotations.
const PLAIN: [&str; 6] = ["type", "properties", "required", "additionalProperties", "default", "$schema"];

/// Both versions of a spec, limited to one property.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) old: Value,
    pub(super) new: Value,
}

impl Part {
    /// The old part with an edit that lies in it; `None` where the edit cannot be put alone.
    pub(super) fn edited(&self, id: &PartId, delta: &Delta) -> Option<Value> {
        match id.option {
            None => alone(delta, &self.old, &self.new),
            Some(_) => {
                let beside = only_option(delta.config_place()?);
                alone(&Delta { beside, ..delta.clone() }, &self.old, &self.new)
            }
        }
    }
}

/// Which part: a property, and one of its options by the keyword and the places of it in both versions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PartId {
    pub(super) property: String,
    option: Option<(&'static str, Sides<usize>)>,
}

/// The parts that are asked about.
#[derive(Debug)]
pub(super) struct Parts<'s> {
    old: &'s Map<String, Value>,
    new: &'s Map<String, Value>,
    /// The draft that both are read by.
    draft: Draft,
    /// `None` for a part that would be read by another one.
    parts: BTreeMap<PartId, Option<Part>>,
    /// What tells the options of a property apart, in both versions.
    tellers: BTreeMap<(String, &'static str), Option<Sides<Teller<'s>>>>,
}

/// A property that every option of a list requires, and its constant in each.
#[derive(Debug)]
struct Teller<'s> {
    property: &'s str,
    constants: Vec<&'s Value>,
}

impl<'s> Parts<'s> {
    /// `None` where properties of a spec may have to do with each other, or where the two are read by two drafts: then even
    /// what is the same in both may mean two things.
    pub(super) fn of(old: &'s Value, new: &'s Value) -> Option<Self> {
        let draft = Draft::of(old);
        if draft != Draft::of(new) {
            return None;
        }
        let (old, new) = (plain(old)?, plain(new)?);
        let same = |key: &str| old.get(key) == new.get(key);
        let are_alike = ["type", "additionalProperties", "$schema"].into_iter().all(same);
        are_alike.then(|| Self { old, new, draft, parts: BTreeMap::new(), tellers: BTreeMap::new() })
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
        let option = self.option(name, place);
        let id = PartId { property: name.clone(), option };
        let (old, new, draft) = (self.old, self.new, self.draft);
        let part = self.parts.entry(id.clone()).or_insert_with(|| {
            let of = |spec, place: fn(&Sides<usize>) -> usize| {
                let option = id.option.as_ref().map(|(keyword, places)| (*keyword, place(places)));
                limited(spec, name, option)
            };
            let part = Part { old: of(old, |places| places.old), new: of(new, |places| places.new) };
            // Which draft a spec is written in may be told by a keyword in any of its properties.
            let is_read_alike = Draft::of(&part.old) == draft && Draft::of(&part.new) == draft;
            is_read_alike.then_some(part)
        });
        part.as_ref()?.edited(&id, delta).map(|_| id)
    }

    /// The option that a place lies in, where a constant tells it apart from all others and it has the same in both versions.
    fn option(&mut self, name: &str, place: &Sides<Pointer>) -> Option<(&'static str, Sides<usize>)> {
        let at = |pointer: &Pointer| {
            let [_, _, _, list, index, _, ..] = pointer.segments() else { return None };
            let keyword = CHOICES.into_iter().find(|keyword| keyword == list)?;
            Some((keyword, index.parse::<usize>().ok()?))
        };
        let ((keyword, was), (other, is)) = (at(&place.old)?, at(&place.new)?);
        let (old, new) = (self.old, self.new);
        let tellers = self.tellers.entry((name.to_owned(), keyword)).or_insert_with(|| {
            let (old, new) = (teller(old, name, keyword)?, teller(new, name, keyword)?);
            (old.property == new.property).then_some(Sides { old, new })
        });
        let tellers = tellers.as_ref().filter(|_| keyword == other)?;
        let (before, after) = (tellers.old.constants.get(was)?, tellers.new.constants.get(is)?);
        (before == after).then_some((keyword, Sides { old: was, new: is }))
    }

    /// A part that was asked about.
    pub(super) fn get(&self, id: &PartId) -> Option<&Part> {
        self.parts.get(id)?.as_ref()
    }

    /// Forgets the parts that edits lie in, where none will be asked about.
    pub(super) fn forget(&mut self) {
        self.parts.clear();
    }

    /// The parts that edits lie in.
    pub(super) fn into_parts(self) -> BTreeMap<PartId, Part> {
        self.parts.into_iter().filter_map(|(id, part)| Some((id, part?))).collect()
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

/// The parts of the properties that two specs do not say alike, each with the name; `None` where properties may have to do with
/// each other.
pub(super) fn differing<'s>(
    old: &'s Value,
    new: &'s Value,
) -> Option<impl Iterator<Item = (&'s str, Option<Part>)>> {
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
        let part = Part { old: limited(before, name, None), new: limited(after, name, None) };
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

/// Keywords that list options.
const CHOICES: [&str; 2] = ["oneOf", "anyOf"];

/// What tells the options of a property apart: a property that each requires, with a constant that no other has.
fn teller<'s>(spec: &'s Map<String, Value>, name: &str, keyword: &str) -> Option<Teller<'s>> {
    let options = spec.get("properties")?.get(name)?.get(keyword)?.as_array()?;
    let candidates = options.first()?.get("properties")?.as_object()?;
    let constants = |property: &str| -> Option<Vec<&'s Value>> {
        let mut seen = HashSet::new();
        let constant = |option: &'s Value| {
            let is_required = option.get("required")?.as_array()?.iter().any(|one| one == property);
            let constant = option.get("properties")?.get(property)?.get("const")?;
            (is_required && constant.is_string() && seen.insert(constant.as_str())).then_some(constant)
        };
        options.iter().map(constant).collect()
    };
    candidates.keys().find_map(|property| Some(Teller { property, constants: constants(property)? }))
}

/// Which segment of a place in a spec is the number of the option: it is of one property, in a list of its schema.
const OPTION: usize = 4;

/// A place inside of an option, in the spec that has no other.
fn only_option(place: &Sides<Pointer>) -> Beside {
    let of = |pointer: &Pointer| {
        let number =
            |(at, segment): (usize, &String)| if at == OPTION { "0".to_owned() } else { segment.clone() };
        Pointer::new(pointer.segments().iter().enumerate().map(number))
    };
    Beside::Config(Sides { old: of(&place.old), new: of(&place.new) })
}

/// A schema of which one option is left.
fn of_option(schema: &Value, (keyword, index): (&str, usize)) -> Value {
    let Some(map) = schema.as_object() else { return schema.clone() };
    let limit = |(key, value): (&String, &Value)| {
        let options = value.as_array().filter(|_| key == keyword);
        let value = match options {
            Some(options) => options.get(index).into_iter().cloned().collect(),
            None => value.clone(),
        };
        (key.clone(), value)
    };
    Value::Object(map.iter().map(limit).collect())
}

/// A spec with one property alone, and of that one option where one is named.
fn limited(spec: &Map<String, Value>, name: &str, option: Option<(&str, usize)>) -> Value {
    let of_option =
        |schema: &Value| option.map_or_else(|| schema.clone(), |option| of_option(schema, option));
    let limit = |(key, value): (&String, &Value)| match (key.as_str(), value) {
        ("properties", Value::Object(all)) => {
            let one = all.get(name).map(|schema| (name.to_owned(), of_option(schema)));
            Some((key.clone(), Value::Object(one.into_iter().collect())))
        }
        ("required", Value::Array(all)) => {
            let own: Vec<Value> = all.iter().filter(|one| *one == name).cloned().collect();
            (!own.is_empty()).then(|| (key.clone(), Value::Array(own)))
        }
        ("default", _) => None,
        _ => Some((key.clone(), value.clone())),
    };
    Value::Object(spec.iter().filter_map(limit).collect())
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
