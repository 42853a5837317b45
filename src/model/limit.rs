//! Which users of a connector, or of a stream, something is limited to.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What limits whom a finding reaches, in words that name it. Its names are in order, each once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit {
    /// Configs that set one of these properties, each by its path, which they may leave out.
    ConfigsThatSet(Vec<String>),
    /// Configs with one of these options, and those among them that set one of the properties, where there are any.
    ConfigsWith {
        /// The options.
        options: Vec<String>,
        /// The properties.
        set: Vec<String>,
    },
    /// Connections in one of these sync modes.
    ConnectionsIn(Vec<String>),
    /// Others, in words: `users who sign in through OAuth`, or [`INCREMENTAL_SYNCS`] of streams.
    Those(String),
}

/// The limit of what is found about saved state.
pub const INCREMENTAL_SYNCS: &str = "incremental syncs";

/// So many names are listed; more are counted.
const MOST_NAMES: usize = 5;

impl Limit {
    /// Configs with an option.
    pub fn option(option: &impl ToString) -> Self {
        Self::ConfigsWith { options: vec![option.to_string()], set: Vec::new() }
    }

    /// Connections in a sync mode.
    pub fn sync_mode(mode: &str) -> Self {
        Self::ConnectionsIn(vec![mode.to_owned()])
    }

    /// The same where only configs are reached that set a property besides.
    #[must_use]
    pub fn and_set(self, property: &str) -> Self {
        match self {
            Self::ConfigsWith { options, .. } => {
                Self::ConfigsWith { options, set: vec![property.to_owned()] }
            }
            other => other,
        }
    }

    /// Configs that set a property.
    pub fn set(property: &str) -> Self {
        Self::ConfigsThatSet(vec![property.to_owned()])
    }

    /// Whether it follows from what is edited, so that who reads of the edit knows it.
    pub fn is_of_the_edit(&self) -> bool {
        matches!(self, Self::ConfigsThatSet(_) | Self::ConfigsWith { .. })
    }

    /// Each of several, those alike in one.
    pub fn joined<'l>(limits: impl IntoIterator<Item = &'l Self>) -> Vec<Self> {
        let mut sets = BTreeSet::new();
        let mut modes = BTreeSet::new();
        let mut options: BTreeMap<&[String], BTreeSet<String>> = BTreeMap::new();
        let mut others = BTreeSet::new();
        for limit in limits {
            match limit {
                Self::ConfigsThatSet(properties) => sets.extend(properties.iter().cloned()),
                Self::ConnectionsIn(named) => modes.extend(named.iter().cloned()),
                Self::ConfigsWith { options: named, set } => {
                    options.entry(set).or_default().extend(named.iter().cloned());
                }
                Self::Those(_) => {
                    others.insert(limit.clone());
                }
            }
        }
        let listed = |names: BTreeSet<String>| names.into_iter().collect();
        let options = options
            .into_iter()
            .map(|(set, options)| Self::ConfigsWith { options: listed(options), set: set.to_vec() });
        let sets = (!sets.is_empty()).then(|| Self::ConfigsThatSet(listed(sets)));
        let modes = (!modes.is_empty()).then(|| Self::ConnectionsIn(listed(modes)));
        options.chain(sets).chain(modes).chain(others).collect()
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ConfigsThatSet(properties) => {
                write!(f, "configs that set {}", any(properties, "properties"))
            }
            Self::ConfigsWith { options, set } => {
                write!(f, "configs with {}", any(options, "options"))?;
                match set.is_empty() {
                    true => Ok(()),
                    false => write!(f, " that set {}", any(set, "properties")),
                }
            }
            Self::ConnectionsIn(modes) => write!(f, "connections in {} mode", any(modes, "modes")),
            Self::Those(words) => f.write_str(words),
        }
    }
}

/// One of several names.
fn any(names: &[String], things: &str) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [others @ .., last] if names.len() <= MOST_NAMES => format!("{} or {last}", others.join(", ")),
        _ => format!("any of {} {things}", names.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_that_are_alike_are_said_in_one() {
        let said = |limits: &[Limit]| -> Vec<String> {
            Limit::joined(limits).iter().map(ToString::to_string).collect()
        };
        let sets = [Limit::set("b"), Limit::set("a"), Limit::set("c")];
        assert_eq!(said(&sets), ["configs that set a, b or c"]);
        let modes = [Limit::sync_mode("append"), Limit::sync_mode("overwrite")];
        assert_eq!(said(&modes), ["connections in append or overwrite mode"]);
        let options =
            [Limit::option(&"type a"), Limit::option(&"type b").and_set("x"), Limit::option(&"type c")];
        assert_eq!(said(&options), ["configs with type a or type c", "configs with type b that set x"]);
        let oauth = Limit::Those("users who sign in through OAuth".to_owned());
        assert_eq!(
            said(&[oauth, Limit::set("a")]),
            ["configs that set a", "users who sign in through OAuth"]
        );
        let many: Vec<Limit> = (0..9).map(|n| Limit::set(&n.to_string())).collect();
        assert_eq!(said(&many), ["configs that set any of 9 properties"]);
    }
}
