//! Many configs that differ from a few others in single values: each is written out where it is looked at, and dropped.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use super::put;

/// A config that is another one with some values in place of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// The number of the other one.
    pub base: usize,
    /// The values, each with its place.
    pub values: Vec<(Arc<[String]>, Value)>,
}

impl Variant {
    /// The config, written out; `None` where something stands in the way of a value.
    pub fn of(&self, base: &Value) -> Option<Value> {
        let mut config = base.clone();
        let is_put = self.values.iter().all(|(place, value)| put(&mut config, place, value.clone()));
        is_put.then_some(config)
    }
}

/// Configs by their numbers: those that are written out, and then their variants.
#[derive(Debug, Clone, Copy)]
pub struct Configs<'c> {
    /// Those that are written out.
    pub whole: &'c [Value],
    /// Variants of these.
    pub variants: &'c [Variant],
}

impl<'c> Configs<'c> {
    /// Configs of which none is a variant.
    pub fn of(whole: &'c [Value]) -> Self {
        Self { whole, variants: &[] }
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
    pub(super) fn variant(&self, number: usize) -> Option<(&'c Variant, &'c Value)> {
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
