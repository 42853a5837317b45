//! What lies inside the values of positions: in objects and lists that stand where a plain value would.

use std::collections::BTreeMap;
use std::fmt;

use super::state::join;
use super::{Positions, UnreadKeys};

/// A step into a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The value under a key of an object.
    Key(String),
    /// Any element of a list, or any value of an object whose keys may be ids.
    Each,
}

/// The way from a state to a value inside.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct StatePath(pub Vec<Step>);

impl fmt::Display for StatePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            let dot = if index == 0 { "" } else { "." };
            match step {
                Step::Key(key) => write!(f, "{dot}{key}")?,
                Step::Each => write!(f, "{dot}*")?,
            }
        }
        Ok(())
    }
}

/// The values at one path.
#[derive(Debug, Clone, PartialEq)]
pub struct NestedValues {
    /// Their forms.
    pub positions: Positions,
    /// Whether some of the objects around it lack it.
    pub is_optional: bool,
}

/// Everything inside the values of one state.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Nested {
    /// By path, the first of them where there are very many.
    pub values: BTreeMap<StatePath, NestedValues>,
    /// The paths that are not kept.
    pub others: UnreadKeys,
}

impl Nested {
    /// Takes the values away and leaves the paths.
    pub fn forget_values(&mut self) {
        self.values.values_mut().for_each(|values| values.positions = Positions::Unknown);
    }

    /// Adds what another sample shows.
    pub fn join(&mut self, other: Self) {
        for (path, values) in other.values {
            match self.values.get_mut(&path) {
                Some(known) => {
                    join(&mut known.positions, values.positions);
                    known.is_optional |= values.is_optional;
                }
                None => {
                    self.values.insert(path, values);
                }
            }
        }
        self.others.join(&other.others);
    }
}
