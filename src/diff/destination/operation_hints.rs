//! What tells destinations of a value and refuses none: formats and Airbyte's types, at whatever depth, by their places. What
//! a schema refers to is at the place of the reference.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::operation_values::{at, referred};
use crate::model::{Operation, Pointer};

/// Keywords whose values are values, or definitions, which count where they are referred to.
const NO_SCHEMAS: [&str; 6] = ["examples", "default", "enum", "const", "definitions", "$defs"];

/// Keywords whose values have names of their own as keys.
const NAMES: [&str; 3] = ["properties", "patternProperties", "dependentSchemas"];

/// The search is no deeper, and does no more steps. Whatever is cut off has no shape that could be the same.
const MOST: (usize, usize) = (10_000, 200_000);

/// The hints of a schema: keywords with texts, and keys with the hints of what is below them.
type Shape = BTreeSet<(String, Hint)>;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Hint {
    Text(String),
    Below(usize),
}

/// Shapes of both versions, each with its number.
#[derive(Default)]
pub(super) struct Shapes(HashMap<Shape, usize>);

impl Shapes {
    fn number(&mut self, shape: Shape) -> usize {
        let next = self.0.len();
        *self.0.entry(shape).or_insert(next)
    }
}

/// The hints of one version of an operation.
pub(super) struct Hints<'o> {
    operation: &'o Operation,
    /// Of what is referred to.
    known: HashMap<Pointer, Shape>,
    /// The places whose hints are being gathered.
    path: Vec<Pointer>,
    /// The first of them that was referred to from within itself.
    lowest: usize,
    left: usize,
}

impl<'o> Hints<'o> {
    pub(super) fn of(operation: &'o Operation) -> Self {
        Self { operation, known: HashMap::new(), path: Vec::new(), lowest: usize::MAX, left: MOST.1 }
    }

    /// The number of the shape of a schema, if it is not cut off.
    pub(super) fn shape(&mut self, schema: &'o Value, shapes: &mut Shapes) -> Option<usize> {
        self.path.clear();
        self.lowest = usize::MAX;
        let shape = self.gather(schema, false, 0, shapes)?;
        Some(shapes.number(shape))
    }

    fn gather(
        &mut self,
        schema: &'o Value,
        is_names: bool,
        depth: usize,
        shapes: &mut Shapes,
    ) -> Option<Shape> {
        self.left = self.left.checked_sub(1)?;
        if depth > MOST.0 {
            return None;
        }
        let mut found = Shape::new();
        match schema {
            Value::Object(entries) => {
                for (key, value) in entries {
                    let keyword = (!is_names).then_some(key.as_str());
                    match (keyword, value) {
                        (Some("$ref"), Value::String(_)) => {
                            if let Some(place) = referred(value) {
                                found.extend(self.behind(&place, depth, shapes)?);
                            }
                        }
                        (Some("format" | "airbyte_type"), Value::String(text)) => {
                            found.insert((key.clone(), Hint::Text(text.clone())));
                        }
                        (Some(key), _) if NO_SCHEMAS.contains(&key) => {}
                        _ => {
                            let is_names = keyword.is_some_and(|key| NAMES.contains(&key));
                            let below = self.gather(value, is_names, depth + 1, shapes)?;
                            if !below.is_empty() {
                                found.insert((key.clone(), Hint::Below(shapes.number(below))));
                            }
                        }
                    }
                }
            }
            Value::Array(items) => {
                for item in items {
                    let below = self.gather(item, false, depth + 1, shapes)?;
                    // The order of alternatives says nothing.
                    if !below.is_empty() {
                        found.insert((String::new(), Hint::Below(shapes.number(below))));
                    }
                }
            }
            _ => {}
        }
        Some(found)
    }

    /// The hints of what is referred to. Within itself it has none.
    fn behind(&mut self, place: &Pointer, depth: usize, shapes: &mut Shapes) -> Option<Shape> {
        if let Some(known) = self.known.get(place) {
            return Some(known.clone());
        }
        if let Some(index) = self.path.iter().position(|one| one == place) {
            self.lowest = self.lowest.min(index);
            return Some(Shape::new());
        }
        let Some(schema) = at(self.operation, place) else { return Some(Shape::new()) };
        let index = self.path.len();
        self.path.push(place.clone());
        let shape = self.gather(schema, false, depth + 1, shapes)?;
        self.path.pop();
        // What refers to one further out has other hints where it is reached otherwise.
        if self.lowest >= index {
            self.lowest = usize::MAX;
            self.known.insert(place.clone(), shape.clone());
        }
        Some(shape)
    }
}
