//! Options that a constant tells apart, on the way from a property of a spec to an edit.
//!
//! Where every option of a list requires a property that has a constant in each, a value is of one option, and an edit inside of
//! that one is asked of it alone: the list has no other then. So it is with a list inside of an option.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value};

use crate::diff::Beside;
use crate::model::{Pointer, Sides, Which};

/// Keywords that list options.
const CHOICES: [&str; 2] = ["oneOf", "anyOf"];

/// So many segments of a place in a spec lead to the schema of a property.
const START: usize = 3;

/// A step from a schema towards an edit; each is two segments of a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// Into a property.
    Property(String),
    /// Into an option of a list, by its number in both versions.
    Option(&'static str, Sides<usize>),
}

/// What tells the options of a list apart: a property that each requires, and its constant in each.
#[derive(Debug)]
struct Teller<'s> {
    property: &'s str,
    constants: Vec<&'s Value>,
}

/// The lists that were looked at, by the addresses of the schemas that have them in both versions.
#[derive(Debug, Default)]
pub(super) struct Tellers<'s> {
    known: BTreeMap<(*const Value, *const Value, &'static str), Option<Sides<Teller<'s>>>>,
}

impl<'s> Tellers<'s> {
    /// The way from the schema of a property to the innermost option that a place lies in, where a constant tells each option on
    /// the way apart from all others and it has the same in both versions; empty where there is none.
    pub(super) fn way(
        &mut self,
        (mut old, mut new): (&'s Value, &'s Value),
        place: &Sides<Pointer>,
    ) -> Vec<Step> {
        let (mut way, mut last) = (Vec::new(), 0);
        let segments = |pointer: &'_ Pointer| pointer.segments().get(START..).unwrap_or_default().to_vec();
        let (before, after) = (segments(&place.old), segments(&place.new));
        // An edit of a whole option is no edit inside of it.
        let inside = before.len().min(after.len()).saturating_sub(1);
        for (before, after) in before[..inside].chunks_exact(2).zip(after[..inside].chunks_exact(2)) {
            let ([keyword, was], [other, is]) = (before, after) else { break };
            if keyword != other {
                break;
            }
            let choice = CHOICES.into_iter().find(|choice| choice == keyword);
            let step = match choice {
                Some(choice) => {
                    let (Ok(was), Ok(is)) = (was.parse(), is.parse()) else { break };
                    let places = Sides { old: was, new: is };
                    self.tells_apart((old, new), choice, &places).then_some(Step::Option(choice, places))
                }
                None => (keyword == "properties" && was == is).then(|| Step::Property(was.clone())),
            };
            let Some(step) = step else { break };
            let (Some(old_inner), Some(new_inner)) = (step.of(old, Which::Old), step.of(new, Which::New))
            else {
                break;
            };
            (old, new) = (old_inner, new_inner);
            way.push(step);
            if choice.is_some() {
                last = way.len();
            }
        }
        way.truncate(last);
        way
    }

    /// Whether a constant tells an option apart from all others, the same one in both versions.
    fn tells_apart(
        &mut self,
        (old, new): (&'s Value, &'s Value),
        keyword: &'static str,
        places: &Sides<usize>,
    ) -> bool {
        let key = (std::ptr::from_ref(old), std::ptr::from_ref(new), keyword);
        let tellers = self.known.entry(key).or_insert_with(|| {
            let (old, new) = (teller(old, keyword)?, teller(new, keyword)?);
            (old.property == new.property).then_some(Sides { old, new })
        });
        tellers.as_ref().is_some_and(|tellers| {
            let was = tellers.old.constants.get(places.old);
            was.is_some() && was == tellers.new.constants.get(places.new)
        })
    }
}

impl Step {
    fn is_option(&self) -> bool {
        matches!(self, Self::Option(..))
    }

    /// The schema that a step leads to.
    fn of<'v>(&self, schema: &'v Value, which: Which) -> Option<&'v Value> {
        match self {
            Self::Property(name) => schema.get("properties")?.get(name),
            Self::Option(keyword, places) => schema.get(keyword)?.as_array()?.get(*places.of(which)),
        }
    }
}

fn teller<'s>(schema: &'s Value, keyword: &str) -> Option<Teller<'s>> {
    let options = schema.get(keyword)?.as_array()?;
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

/// A place inside of options, in the spec that has no others.
pub(super) fn only_options(place: &Sides<Pointer>, way: &[Step]) -> Beside {
    let of = |pointer: &Pointer| {
        let number = |(at, segment): (usize, &String)| {
            let step = at.checked_sub(START).filter(|at| at % 2 == 1).and_then(|at| way.get(at / 2));
            if step.is_some_and(Step::is_option) { "0".to_owned() } else { segment.clone() }
        };
        Pointer::new(pointer.segments().iter().enumerate().map(number))
    };
    Beside::Config(Sides { old: of(&place.old), new: of(&place.new) })
}

/// A schema of which, on the way, one option is left of each list.
pub(super) fn of_options(schema: &Value, way: &[Step], which: Which) -> Value {
    let (Some((step, rest)), Some(map)) = (way.split_first(), schema.as_object()) else {
        return schema.clone();
    };
    let limit = |(key, value): (&String, &Value)| {
        let value = match (step, value) {
            (Step::Property(name), Value::Object(all)) if key == "properties" => {
                let of = |(other, inner): (&String, &Value)| {
                    let inner = if other == name { of_options(inner, rest, which) } else { inner.clone() };
                    (other.clone(), inner)
                };
                Value::Object(all.iter().map(of).collect())
            }
            (Step::Option(keyword, places), Value::Array(options)) if key == keyword => {
                let option = options.get(*places.of(which)).map(|option| of_options(option, rest, which));
                option.into_iter().collect()
            }
            _ => value.clone(),
        };
        (key.clone(), value)
    };
    Value::Object(map.iter().map(limit).collect::<Map<String, Value>>())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The way goes as deep as each choice on it is told apart by the same constant in both versions.
    #[test]
    fn the_way_leads_to_the_innermost_option_that_is_told_apart() {
        let option = |kind: &str, value: Value, required: Value| json!({"required": required, "properties": {"kind": {"const": kind}, "value": value}});
        let spec = |kind: &str, required: Value, keyword: &str| {
            let inner = json!({keyword: [
                option("x", json!({"type": "string"}), json!(["kind"])),
                option(kind, json!({"type": "string"}), required),
            ]});
            let held = json!({"properties": {"held": inner}});
            json!({"oneOf": [option("a", json!({}), json!(["kind"])), option("b", held, json!(["kind"]))]})
        };
        let both = || spec("y", json!(["kind"]), "oneOf");
        let outer = "/connectionSpecification/properties/p/oneOf/1/properties/value";
        let edit = |list: &str| format!("{outer}/properties/held/{list}/1/properties/value/type");
        for (old, new, place, options) in [
            (both(), both(), edit("oneOf"), 2),
            (both(), both(), format!("{outer}/properties/held/type"), 1),
            // The whole option, and what is no option.
            (both(), both(), format!("{outer}/properties/held/oneOf/1"), 1),
            (both(), both(), "/connectionSpecification/properties/p/oneOf/1".to_owned(), 0),
            (both(), both(), "/connectionSpecification/properties/p/type".to_owned(), 0),
            (both(), both(), format!("{outer}/items/oneOf/1/properties/value/type"), 1),
            // Nothing tells the inner ones apart, or another constant does.
            (both(), spec("y", json!([]), "oneOf"), edit("oneOf"), 1),
            (both(), spec("z", json!(["kind"]), "oneOf"), edit("oneOf"), 1),
            (spec("x", json!(["kind"]), "oneOf"), both(), edit("oneOf"), 1),
            (both(), spec("y", json!(["kind"]), "anyOf"), edit("oneOf"), 1),
        ] {
            let place = Sides { old: Pointer::parse(&place), new: Pointer::parse(&place) };
            let way = Tellers::default().way((&old, &new), &place);
            assert_eq!(way.iter().filter(|step| step.is_option()).count(), options, "{place:?} {new}");
            let left = of_options(&old, &way, Which::Old);
            let count = |schema: &Value| schema["oneOf"].as_array().map_or(0, Vec::len);
            assert_eq!(count(&left), if options > 0 { 1 } else { 2 }, "{left}");
            if options == 2 {
                let held = &left["oneOf"][0]["properties"]["value"]["properties"]["held"];
                assert_eq!(held["oneOf"][0]["properties"]["kind"]["const"], "y");
                assert_eq!(count(held), 1);
                let Beside::Config(beside) = only_options(&place, &way) else {
                    panic!("a place in the config")
                };
                assert_eq!(
                    beside.old.get(&json!({"connectionSpecification": {"properties": {"p": left}}})),
                    Some(&json!("string"))
                );
            }
        }
    }
}
