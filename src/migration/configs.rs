//! Many configs that differ from a few others in single values: each is written out where it is looked at, and dropped.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use super::put;

/// A value with the place that it takes in a config.
pub type Placed<'v> = (Arc<[String]>, Cow<'v, Value>);

/// A config that is another one with some values in place of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Variant<'c> {
    /// The number of the other one.
    pub base: usize,
    values: Given<'c>,
}

/// The values of a variant.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Given<'c> {
    One(&'c [String], &'c Value),
    Several(&'c [Placed<'c>]),
}

impl<'c> Variant<'c> {
    /// One value in place of another.
    pub fn one(base: usize, place: &'c [String], value: &'c Value) -> Self {
        Self { base, values: Given::One(place, value) }
    }

    /// Several values in place of others.
    pub fn several(base: usize, values: &'c [Placed<'c>]) -> Self {
        Self { base, values: Given::Several(values) }
    }

    /// The values, each with its place.
    pub fn values(self) -> impl Iterator<Item = (&'c [String], &'c Value)> {
        let (one, several) = match self.values {
            Given::One(place, value) => (Some((place, value)), [].as_slice()),
            Given::Several(values) => (None, values),
        };
        one.into_iter().chain(several.iter().map(|(place, value)| (&**place, &**value)))
    }

    /// The config, written out; `None` where something stands in the way of a value.
    pub fn of(self, base: &Value) -> Option<Value> {
        let mut config = base.clone();
        let is_put = self.values().all(|(place, value)| put(&mut config, place, value.clone()));
        is_put.then_some(config)
    }
}

/// Variants of configs, in the order in which they were added. Where several in a row differ from one config at the same place, the
/// place is held once.
#[derive(Debug, Clone, Default)]
pub struct Variants<'v> {
    runs: Vec<Run<'v>>,
}

/// Variants of one config that were added one after another.
#[derive(Debug, Clone)]
struct Run<'v> {
    base: usize,
    /// How many variants there are before these.
    start: usize,
    held: Held<'v>,
}

/// What the variants of a run have in place of the values of their config.
#[derive(Debug, Clone)]
enum Held<'v> {
    /// One of these values each, at one place.
    Each(Arc<[String]>, Vec<Cow<'v, Value>>),
    /// All of these values: it is one variant.
    Several(Vec<Placed<'v>>),
}

impl Run<'_> {
    fn end(&self) -> usize {
        self.start
            + match &self.held {
                Held::Each(_, values) => values.len(),
                Held::Several(_) => 1,
            }
    }

    fn get(&self, number: usize) -> Option<Variant<'_>> {
        match &self.held {
            Held::Each(place, values) => {
                Some(Variant::one(self.base, place, values.get(number.checked_sub(self.start)?)?))
            }
            Held::Several(values) => (number == self.start).then(|| Variant::several(self.base, values)),
        }
    }
}

impl<'v> Variants<'v> {
    /// No variant.
    pub const fn new() -> Self {
        Self { runs: Vec::new() }
    }

    /// Adds the config with the number `base` that has one value in place of another.
    pub fn add(&mut self, base: usize, place: &Arc<[String]>, value: Cow<'v, Value>) {
        if let Some(Run { base: of, held: Held::Each(at, values), .. }) = self.runs.last_mut()
            && *of == base
            && at == place
        {
            values.push(value);
            return;
        }
        self.push(base, Held::Each(Arc::clone(place), vec![value]));
    }

    /// Adds the config with the number `base` that has several values in place of others.
    pub fn add_several(&mut self, base: usize, values: Vec<Placed<'v>>) {
        self.push(base, Held::Several(values));
    }

    fn push(&mut self, base: usize, held: Held<'v>) {
        self.runs.push(Run { base, start: self.len(), held });
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.runs.last().map_or(0, Run::end)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The variant with a number.
    pub fn get(&self, number: usize) -> Option<Variant<'_>> {
        let after = self.runs.partition_point(|run| run.start <= number);
        self.runs.get(after.checked_sub(1)?)?.get(number)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = Variant<'_>> {
        self.runs.iter().flat_map(|run| (run.start..run.end()).filter_map(|number| run.get(number)))
    }
}

/// Configs by their numbers: those that are written out, and then their variants.
#[derive(Debug, Clone, Copy)]
pub struct Configs<'c> {
    /// Those that are written out.
    pub whole: &'c [Value],
    /// Variants of these.
    pub variants: &'c Variants<'c>,
}

impl<'c> Configs<'c> {
    /// Configs of which none is a variant.
    pub fn of(whole: &'c [Value]) -> Self {
        Self { whole, variants: const { &Variants::new() } }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.whole.len() + self.variants.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.whole.is_empty()
    }

    /// The variant with a number, and what it is one of.
    pub(super) fn variant(&self, number: usize) -> Option<(Variant<'c>, &'c Value)> {
        let variant = self.variants.get(number.checked_sub(self.whole.len())?)?;
        Some((variant, self.whole.get(variant.base)?))
    }

    /// The config with a number.
    pub fn get(&self, number: usize) -> Option<Cow<'c, Value>> {
        match self.whole.get(number) {
            Some(whole) => Some(Cow::Borrowed(whole)),
            None => self.variant(number).and_then(|(variant, base)| variant.of(base)).map(Cow::Owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Values of one place stand together, and each variant is found by its number all the same.
    #[test]
    fn a_variant_is_found_by_its_number() {
        let place = |name: &str| -> Arc<[String]> { [name.to_owned()].into() };
        let (a, b) = (place("a"), place("b"));
        let mut variants = Variants::new();
        assert_eq!((variants.len(), variants.get(0)), (0, None));
        variants.add(0, &a, Cow::Owned(json!(1)));
        variants.add(0, &place("a"), Cow::Owned(json!(2)));
        variants.add(1, &a, Cow::Owned(json!(3)));
        variants.add_several(1, vec![(a.clone(), Cow::Owned(json!(4))), (b.clone(), Cow::Owned(json!(5)))]);
        variants.add(1, &b, Cow::Owned(json!(6)));
        variants.add(1, &b, Cow::Owned(json!(7)));
        assert_eq!(variants.runs.len(), 4);
        let configs = [json!({"a": 0}), json!({"c": 0})];
        let all = Configs { whole: &configs, variants: &variants };
        let written: Vec<Value> = (0..all.len()).filter_map(|at| all.get(at)).map(Cow::into_owned).collect();
        let expected = [
            json!({"a": 0}),
            json!({"c": 0}),
            json!({"a": 1}),
            json!({"a": 2}),
            json!({"a": 3, "c": 0}),
            json!({"a": 4, "b": 5, "c": 0}),
            json!({"b": 6, "c": 0}),
            json!({"b": 7, "c": 0}),
        ];
        assert_eq!(written, expected);
        assert_eq!(all.get(expected.len()), None);
        let numbered: Vec<Option<Variant<'_>>> = (0..variants.len()).map(|at| variants.get(at)).collect();
        assert_eq!(numbered, variants.iter().map(Some).collect::<Vec<_>>());
    }
}
