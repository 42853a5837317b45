//! Which parts of specs are equal: what is said of one of them holds for all, and is said once.
//!
//! Each value gets the number of its kind and of the numbers in it, from the inside out, so that no two are ever held against each
//! other ("hash consing": Ershov, On Programming of Arithmetic Operations, 1958).

use std::collections::HashMap;

use serde_json::Value;

/// What a value holds: a value that holds nothing itself, or the number of one that does.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Held<'v> {
    Scalar(&'v Value),
    Numbered(usize),
}

/// A value, with numbers in place of what it holds.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Shape<'v> {
    Scalar(&'v Value),
    List(Vec<Held<'v>>),
    Map(Vec<(&'v str, Held<'v>)>),
}

/// The numbers of values: equal ones have one.
#[derive(Debug, Default)]
pub(super) struct Alike<'v> {
    shapes: HashMap<Shape<'v>, usize>,
    /// Of objects and lists by their addresses, so that each is read once.
    read: HashMap<*const Value, usize>,
}

impl<'v> Alike<'v> {
    /// The number of a value.
    pub(super) fn number(&mut self, value: &'v Value) -> usize {
        if let Some(number) = self.read.get(&std::ptr::from_ref(value)) {
            return *number;
        }
        let shape = match value {
            Value::Array(items) => Shape::List(items.iter().map(|item| self.held(item)).collect()),
            Value::Object(map) => {
                Shape::Map(map.iter().map(|(key, inner)| (key.as_str(), self.held(inner))).collect())
            }
            scalar => Shape::Scalar(scalar),
        };
        let next = self.shapes.len();
        let number = *self.shapes.entry(shape).or_insert(next);
        if value.is_object() || value.is_array() {
            self.read.insert(value, number);
        }
        number
    }

    fn held(&mut self, value: &'v Value) -> Held<'v> {
        match value {
            Value::Array(_) | Value::Object(_) => Held::Numbered(self.number(value)),
            scalar => Held::Scalar(scalar),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equal_values_have_one_number_and_others_another() {
        let values = json!([
            {"a": 1, "b": [1, "1"]},
            {"b": [1, "1"], "a": 1},
            {"a": 1.0, "b": [1, "1"]},
            {"a": 1, "b": ["1", 1]},
            {"a": 1},
            [1, "1"],
            {},
            [],
            null,
            "null",
        ]);
        let values = values.as_array().expect("a list");
        let mut alike = Alike::default();
        let numbers: Vec<usize> = values.iter().map(|value| alike.number(value)).collect();
        for (one, value) in numbers.iter().zip(values) {
            for (another, other) in numbers.iter().zip(values) {
                assert_eq!(one == another, value == other, "{value} {other}");
            }
        }
    }
}
